"""Names of months, in the languages whose names never mean two different months."""

# A line for each month: names and abbreviations, in lower case, as English, German, French,
# Spanish, Italian, Portuguese, Dutch, Danish, Norwegian, Swedish, Finnish, Polish, Czech,
# Hungarian, Turkish, Indonesian, Greek, Russian, Ukrainian and Arabic programs write them. Not
# Croatian ones: its listopad, lip and srp are other months than those of its neighbours.
NAMES = (
    """january jan januar jän jänner janvier janv enero ene gennaio genn gen janeiro januari
    tammikuuta tammi stycznia styczeń sty ledna leden led január ocak oca janúar ιανουαρίου ιαν
    января январь янв січня січ يناير""",
    """february feb februar feber février fevrier févr fevr fév fev febrero febbraio febb fevereiro
    februari helmikuuta helmi lutego luty lut února únor úno február febr şubat şub φεβρουαρίου φεβ
    февраля февраль фев февр лютого лют فبراير""",
    """march mar märz maerz mär mrz mars marzo março marco maart mrt marts maaliskuuta maalis marca
    marzec března březen bře március márc mart maret μαρτίου μαρ марта март мар березня бер مارس""",
    """april apr avril avr abril abr aprile aprilis huhtikuuta huhti kwietnia kwiecień kwi dubna
    duben dub április ápr nisan nis απριλίου απρ апреля апрель апр квітня кві квіт أبريل
    ابريل إبريل""",
    """may mai mayo maggio magg mag maio mei maj toukokuuta touko maja května květen kvě május máj
    mayıs μαΐου μαϊ мая май травня тра трав مايو""",
    """june jun juni juin junio giugno giu junho kesäkuuta kesä czerwca czerwiec cze června červen
    čvn június jún haziran haz ιουνίου ιουν июня июнь июн червня чер черв يونيو يونيه""",
    """july jul juli juillet juil julio luglio lug julho heinäkuuta heinä lipca lipiec lip července
    červenec čvc július júl temmuz tem ιουλίου ιουλ июля июль июл липня лип يوليو يوليه""",
    """august aug août aout agosto ago ag augustus augusti elokuuta elo sierpnia sierpień sie srpna
    srpen augusztus ağustos ağu agustus agu agt αυγούστου αυγ августа август авг серпня сер серп
    أغسطس اغسطس""",
    """september sept sep septembre septiembre setiembre settembre sett set setembro syyskuuta syys
    września wrzesień wrz září zář szeptember szept eylül eyl σεπτεμβρίου σεπ сентября сентябрь сен
    сент вересня вер верес سبتمبر""",
    """october oct oktober okt octobre octubre ottobre ott outubro out lokakuuta loka października
    październik paź října říjen říj október ekim eki οκτωβρίου οκτ октября октябрь окт жовтня жов
    жовт أكتوبر اكتوبر""",
    """november nov novembre noviembre novembro marraskuuta marras listopada lis november kasım kas
    nopember νοεμβρίου νοε ноября ноябрь ноя нояб листопада листоп نوفمبر""",
    """december dec dez dezember décembre decembre déc diciembre dic dicembre dezembro des desember
    joulukuuta joulu grudnia grudzień gru prosince prosinec pro aralık ara δεκεμβρίου δεκ декабря
    декабрь дек грудня гру груд ديسمبر""",
)
MONTHS = {
    name: f"{number:02}" for number, names in enumerate(NAMES, start=1) for name in names.split()
}
