{#
    An expression that tells what a node is made from: its code, this project's package and the libraries it computes
    with (src/customer_personas/code_fingerprint.py), and what its inputs hold. Null where it cannot be told, since the
    node looks at the clock, at chance or at files by itself.
#}
{% macro made_from_what(code, inputs) -%}
    {%- set looks_elsewhere = "\\b(now|today|random|uuid|gen_random_uuid|glob|nextval|(read|sniff)_\\w+|\\w+_scan)\\s*\\("
        ~ "|\\bcurrent_(date|time|timestamp)\\b|\\bfrom\\s+'[^']*\\.(csv|json|parquet)" -%}
    {%- if model.language != 'python' and modules.re.search(looks_elsewhere, code | lower) -%}
        cast(null as varchar)
    {%- else -%}
        {%- set told = ["'" ~ local_md5(code ~ tojson([model.description, model.columns, model.config.contract])) ~ "'"] -%}
        {%- do told.append("getvariable('build_fingerprint')") -%}
        {%- for input in inputs -%}
            {%- do told.append(content_of(input)) -%}
        {%- endfor -%}
        md5({{ told | join(" || ' ' || ") }})
    {%- endif -%}
{%- endmacro %}
