// Says what is wrong with the pages in the frames of this one: what overflows, is cut, overlaps or is empty.

function measure(page) {
  const found = new Set();
  const root = page.documentElement;
  const sideways = (when) => {
    if (root.scrollWidth > root.clientWidth)
      found.add(`the page scrolls sideways ${when}: ${root.scrollWidth} > ${root.clientWidth}`);
  };
  sideways("as it opens");
  for (const article of page.querySelectorAll("article")) {
    const box = article.getBoundingClientRect();
    if (box.height < 40 || !article.textContent.trim()) found.add("empty frame");
  }
  for (const picture of page.querySelectorAll("figure svg")) {
    const title = picture.closest("article").querySelector("h3").textContent.trim().slice(0, 50);
    const box = picture.getBoundingClientRect();
    const texts = [...picture.querySelectorAll("text")]
      .map((text) => [text.textContent, text.getBoundingClientRect()])
      .filter(([text]) => text.trim());
    if (box.width < 50 || box.height < 20 || !texts.length) found.add(`empty frame: ${title}`);
    texts.forEach(([text, place], number) => {
      if (place.left < box.left - 2 || place.right > box.right + 2) found.add(`cut: ${title}: ${text}`);
      if (place.top < box.top - 3 || place.bottom > box.bottom + 4) found.add(`cut: ${title}: ${text}`);
      for (const [other, its] of texts.slice(number + 1)) {
        const wide = Math.min(place.right, its.right) - Math.max(place.left, its.left);
        const high = Math.min(place.bottom, its.bottom) - Math.max(place.top, its.top);
        if (wide > 1.5 && high > 0.4 * Math.min(place.height, its.height))
          found.add(`overlap: ${title}: ${text} and ${other}`);
      }
    });
  }
  for (const each of page.querySelectorAll("p, li, dd, dt, h1, h2, h3, h4, strong, span")) {
    const isBlock = page.defaultView.getComputedStyle(each).display !== "inline";
    const isSeen = each.clientWidth > 1 && !each.closest(".scroll");
    if (isBlock && isSeen && each.scrollWidth > each.clientWidth + 1)
      found.add(`wider than its box: ${each.textContent.trim().slice(0, 50)}`);
  }
  for (const each of page.querySelectorAll("details")) each.open = true;
  sideways("with all figures shown");
  return found;
}

async function ask(frame) {
  const found = measure(frame.contentDocument);
  if (AXE) {
    frame.contentWindow.eval(AXE);
    const told = await frame.contentWindow.axe.run(frame.contentDocument, { resultTypes: ["violations"] });
    for (const each of told.violations)
      if (["serious", "critical"].includes(each.impact)) found.add(`axe: ${each.id}: ${each.nodes[0].html.slice(0, 120)}`);
  }
  return [...found];
}

window.addEventListener("load", async () => {
  const told = {};
  for (const frame of document.querySelectorAll("iframe")) told[frame.name] = await ask(frame);
  document.getElementById("found").textContent = JSON.stringify(told);
});
