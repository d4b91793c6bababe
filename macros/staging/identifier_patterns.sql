{# What identifiers look like, told here only: regular expressions over a text in plain letters (in_plain_letters), by
   how sure they are. Word boundaries keep them from matching inside longer words and numbers.
   certain: nothing else is written so. apart: numbers set apart as phone and national numbers are; some article
   numbers are, too. free: what is an identifier in a text about people, and may be any code in an id. #}
{% macro identifier_patterns() %}
    {%- set day = '(?:0[1-9]|[12][0-9]|3[01])' -%}
    {%- set month = '(?:0[1-9]|1[0-2])' -%}
    {%- set part = '[^@\\s,;:<>\"()\\[\\]|=&?/]+' -%}
    {%- set start = '(?:^|[^a-z0-9.,+-])' -%}
    {%- set letter = '[^\\s0-9@<>()\\[\\]{}|=&?/"\\\\.,;:_+#*-]' -%}
    {%- set digits_in_groups = '[0-9](?:[ ()./-]{0,2}[0-9])' -%}
    {%- set house = '(?:^|[,;:] ?)[0-9]{1,5} ?[a-z]?,? (?:(?:[0-9]{1,3}(?:st|nd|rd|th)|[^\\s0-9,;:@(]+) ){1,3}' -%}
    {{ return({
        'certain': [
            part ~ ' ?@ ?' ~ part ~ '[.](?:xn--)?' ~ letter ~ '{2}',
            '[a-z0-9] at [a-z0-9-]+(?: dot [a-z0-9-]+)+',
            '[a-z0-9] ?-at- ?[a-z0-9-]+ ?[.] ?[a-z]{2,}',
            '[a-z0-9] (?:arroba|艾特|小老鼠) [a-z0-9-]+(?: ?[.]| (?:dot|punto|ponto|punkt|点)) ?[a-z]{2,}',
            '[)\"] ?@ ?' ~ part ~ '[.](?:xn--)?' ~ letter ~ '{2}',
            part ~ ' ?@ ?' ~ part ~ ' [.] ' ~ letter ~ '{2}',
            part ~ '@\\[[0-9]{1,3}(?:[.][0-9]{1,3}){3}\\]',
            '[☎✆📞📱][^0-9]{0,4}' ~ digits_in_groups ~ '{5}',
            '\\b[a-z]{1,2}[0-9]{6}[(][0-9a][)]',
            '\\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\\b',
            '\\b[0-9]{1,2}[.][0-9]{4,}[,;] ?-?[0-9]{1,3}[.][0-9]{4,}\\b',
            '[a-z0-9][_-]at[_-][a-z0-9_-]+[_-]dot[_-][a-z]{2,}',
            '\\b(?:tel|telephone|telefon|phone|mobile|mob|fax|handy|cell|whatsapp|sms|callto|ph)[.]?(?: ?(?:no|nr)[.]?)?'
            ~ ' ?[:=]? ?[+(]{0,2}' ~ digits_in_groups ~ '{5}',
            '(?:^|[^a-z0-9])[+] ?[(]?' ~ digits_in_groups ~ '{6}',
            '\\b(?:facebook|instagram|linkedin|twitter|tiktok|snapchat|telegram|xing|wa|vk|t|x)[.](?:com|me)/(?:in/|@)?[^\\s/]{3}',
            '\\bp<[a-z]{1,3}<*[a-z]+<',
            '\\b(?:passport|reisepass|personalausweis|ausweis|passeport|pasaporte|passaporto|paspoort|ssn|'
            ~ 'social security|nino|national insurance|steuer-?id|tax id|bsn|pesel|cpf|dni|nif|curp|aadhaar|aadhar|'
            ~ 'nhs|id card|driving licen[cs]e|führerschein|svnr|ahv|sozialversicherung|iban)'
            ~ '(?: ?(?:no|nr|num|number|nummer|n°|nº|#)[.]?)?(?: is)? ?[:#=]? ?[a-z]{0,3}[0-9][ -]?(?:[a-z]{0,2}[0-9][ -]?){4,}',
            '(?:護照|护照|旅券|パスポート|여권|паспорт|снилс|身份证)[^0-9a-z]{0,8}[a-z]{0,2}[0-9](?:[ -]?[0-9]){5}',
            '\\b[a-z]{6}[0-9]{2}[abcdehlmprst][0-9]{2}[a-z][0-9]{3}[a-z]\\b',
            '\\b[a-z]{4}[0-9]{2}' ~ month ~ day ~ '[hm][a-z]{5}[a-z0-9][0-9]\\b',
            '\\b[0-9]{3}[.][0-9]{3}[.][0-9]{3}-[0-9]{2}\\b',
            '\\b756[.][0-9]{4}[.][0-9]{4}[.][0-9]{2}\\b',
            '\\b[0-9]{2}[.][0-9]{2}[.][0-9]{2}-[0-9]{3}[.][0-9]{2}\\b',
            '\\b[12] [0-9]{2} ' ~ month ~ ' (?:[0-9]{2}|2[ab]) [0-9]{3} [0-9]{3}(?: [0-9]{2})?\\b',
        ],
        'apart': [
            start ~ '[(]?0[0-9]{1,5}[) ./-]{1,3}[0-9](?:[ ./-]?[0-9]){4,11}\\b',
            start ~ '(?:1[-. ])?(?:[(][2-9][0-9]{2}[)] ?|[2-9][0-9]{2}[-. /])[0-9]{3}[-. ][0-9]{4}\\b',
            start ~ '[(]0[)] ?[1-9](?:[ ./-]?[0-9]){7,9}\\b',
            start ~ '[0-9]{3}-[0-9]{3}-[0-9]{3} [0-9]{2}\\b',
            start ~ '1[3-9][0-9][ -][0-9]{4}[ -][0-9]{4}\\b',
            start ~ '[(][0-9]{2,5}[)] ?[0-9]{3,5}[- ]?[0-9]{3,5}\\b',
            start ~ '8 ?[-(]? ?9[0-9]{2}[)-]? ?[0-9]{3}[- ][0-9]{2}[- ][0-9]{2}\\b',
            start ~ '(?:00[1-9]|0[1-9][0-9]|[1-8][0-9]{2})-[0-9]{2}-[0-9]{4}\\b',
            start ~ '[0-9]{1,2}[.][0-9]{3}[.][0-9]{3}-[0-9k]\\b',
            start ~ day ~ month ~ '[0-9]{2}[+a-][0-9]{3}[0-9a-fhj-npr-y]\\b',
            start ~ '[a-z]{2} [0-9]{2} [0-9]{2} [0-9]{2} [a-d]\\b',
        ],
        'address': [
            house ~ '(?:street|str|road|avenue|boulevard|crescent|terrace|st|rd|ave|blvd|lane)[.]?'
            ~ '(?: (?:[ns][ew]?|[ew])| (?:apt|suite|unit|flat|#)[.]? ?[0-9a-z]{1,5})?(?:$| ?[,;])',
            house ~ '(?:drive|dr|court|ct|ln|way|place|pl|close|square|sq)[.]?,? ?[,;] ?[^ ]',
            '[^\\s0-9,;:@(]{3}(?:straße|strasse|str[.]|weg|gasse|allee|platz|ufer|damm|straat|laan|gracht|plein|kade|dijk'
            ~ '|gatan|vägen|gade|vej|veien) [0-9]{1,4} ?[a-z]?(?:$|[ ,;])',
            '(?:^|[,;:] ?)[0-9]{1,4}(?: ?(?:bis|ter))?,? (?:rue|boulevard|bd|chemin|impasse|allée|quai|avenue) [^\\s0-9]',
            '(?:^|[^a-z])(?:calle|c/|avenida|avda[.]?|rua|via|viale|piazza|plaza|corso|ul[.]|ulica|ulitsa) ?[^\\s0-9,;:@(][^0-9,;:@(]{0,40},?'
            ~ ' (?:n[.º°]* ?)?[0-9]{1,4}[a-z]?(?:/[0-9]{1,4})?(?:$|[,;])',
            '(?:^|[^а-я])(?:улица|ул[.]|проспект|просп[.]|переулок|пер[.]|набережная|наб[.]|бульвар|вулиця|вул[.]) ?[а-яїієґ][^0-9]{0,40}[0-9]{1,4}',
            '(?:路|街|道|巷|弄|胡同)[0-9]{1,5}(?:号|號|弄)(?:$|[^电電])',
            '(?:都|道|府|県|市|区|町|村)[^\\s0-9]{1,20}[0-9]{1,2}-[0-9]{1,3}(?:-[0-9]{1,4})?(?:$|[^0-9-])',
            '[가-힣](?:시|구|군|읍|면) [가-힣0-9]+(?:로|길) ?[0-9]{1,4}(?:-[0-9]{1,3})?(?:$|[ ,(])',
            '(?:^|[ ،,:])(?:شارع|طريق|حي) [^0-9]{2,40}[0-9]{1,4}(?:$|[ ،,])',
            '\\b(?:p(?:[.]?|ost) ?o(?:[.]?|ffice) box|postfach|apartado|boîte postale) [0-9]{2,}',
        ],
        'free': [
            '(?:^|[,;:] ?)(?:[^\\s0-9,;:@(]+ ){1,2}(?:street|avenue) [0-9]{1,4}(?:$|[,;])',
            '[a-z0-9] at [a-z0-9-]+[.][a-z]{2,}',
            '\\b[2-9][0-9]{2}[ .-][0-9]{7}\\b',
            '\\b[5-7][0-9]{2}[ -][0-9]{3}[ -](?:[0-9]{2}[1-9]|[0-9][1-9][0-9]|[1-9][0-9]{2})\\b',
            '\\b[6-9][0-9]{4}[ -][0-9]{5}\\b',
            '\\b[2-9][0-9]{3} [0-9]{4} [0-9]{3}[1-9]\\b',
            '\\b[0-9]{10,11}\\b',
            '\\b(?:00[1-9]|0[1-9][0-9]|[1-8][0-9]{2}) [0-9]{2} [0-9]{4}\\b',
            '\\b00[1-9][0-9]{8,12}\\b',
            '\\b[0-9]{15,20}\\b',
            '\\b[a-z]{2}[0-9]{6}[a-d]\\b',
            '\\b[a-z]{3}[abcfghljpt][a-z][0-9]{4}[a-z]\\b',
            '\\b[stfg][0-9]{7}[a-z]\\b',
            '\\b[1-9][0-9]{5}(?:19|20)[0-9]{2}' ~ month ~ day ~ '[0-9]{3}[0-9x]\\b',
            '\\b(?:19|20)?[0-9]{2}' ~ month ~ day ~ '[+-][0-9]{4}\\b',
            '\\b' ~ day ~ month ~ '[0-9]{2}-[0-9]{4}\\b',
            '\\b[0-9]{2}' ~ month ~ day ~ '-[1-4][0-9]{6}\\b',
            '\\b[a-hj-npr-z0-9]{11}[0-9]{6}\\b',
            '\\b[1-9][0-9]{1,2}(?:[.][0-9]{1,3}){3}\\b',
            '\\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){4,7}\\b',
        ],
    }) }}
{% endmacro %}
