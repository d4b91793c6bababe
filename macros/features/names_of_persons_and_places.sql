{# Names of columns that hold persons, firms, addresses or numbers of persons, as a pattern: last_name, contact_owner,
   company, billing_postal_code, iban. What comes after them (company_size) makes something else of them, and parts of a
   place that many share (zip3, postal_prefix, area_code) are none. #}
{% macro names_of_persons_and_places() -%}
    {%- set anywhere = [
        'zip', 'zip_?code', 'zip_or_postal_code', 'zip_postal_code', 'postal_?code', 'post_?code', 'postal', 'plz',
        'postleitzahl', 'code_postal', 'c[oó]digo_postal', 'postnummer', 'pin_?code', 'eircode', '邮编', '邮政编码',
        '郵便番号', '우편번호', 'индекс', 'почтовый_индекс', 'zip_?4', 'kod_pocztowy', 'psč', 'irányítószám', 'kode_pos',
        'รหัสไปรษณีย์', 'पिन_कोड', 'الرمز_البريدي', 'posta_kodu', 'поштовий_індекс', 'mã_bưu_chính',
        '(contact|account|deal|lead|record|opportunity|ticket|customer)_owner', 'sales_?(rep|person|man|agent)',
        'account_manager', 'created_by', 'modified_by', 'assigned_to', 'vertreter', 'sachbearbeiter', 'verk(ä|ae)ufer',
        'assigned_user', 'handelsvertreter', 'kundenbetreuer', 'betreuer', 'respons[aá]vel', 'responsable',
        'vendedor', 'commerciale', '担当者', '담당자', '负责人', 'менеджер',
        'company', 'company_?name', 'firm', 'firma', 'firmenname', 'employer', 'arbeitgeber', 'unternehmen', 'organi[sz]ation',
        'business_name', 'account_name', 'soci[eé]t[eé]', 'entreprise', 'empresa', 'azienda', 'ditta', 'bedrijf',
        'f(ö|oe)retag', 'virksomhed', '公司', '公司名称', '会社', '会社名', '企業', '회사', '회사명', 'компания', 'организация',
        'sur_?name', 'last_?name', 'family_?name', 'first_?name', 'given_?name', 'fore_?name', 'middle_?name',
        'maiden_name', 'full_?name', 'nick_?name', 'user_?name', 'nachname', 'familienname', 'vorname', 'geburtsname',
        'nom_de_famille', 'pr[eé]nom', 'apellidos?', 'nombres', 'cognome', 'sobrenome', 'achternaam', 'voornaam',
        'efternamn', 'f[oö]rnamn', 'etternavn', 'fornavn', 'efternavn', 'sukunimi', 'nazwisko', 'imi[eę]',
        'p[rř][ií]jmen[ií]', 'jm[eé]no', 'soyad[ıi]?', 'фамилия', 'имя', 'отчество', '姓', '名', '姓名', '名字', '氏名', '苗字', '名前',
        'kundenname', 'contact_?(person|name)', 'ansprechpartner', 'nom_du_client', 'nome_da_m[aã]e', 'mothers?_(maiden_)?name',
        'keresztnév', 'vezetéknév', 'etunimi', 'nama', 'nama_lengkap', '顧客名', 'お名前', 'セイ', 'メイ', 'フリガナ', 'ふりがな', 'カナ',
        'ชื่อ', 'นามสกุล', 'ชื่อ_?นามสกุล', 'नाम', 'उपनाम', 'tên_khách_hàng', 'họ_tên', 'họ_và_tên', 'ім_я', 'прізвище',
        '이름', '성', '성명', '성씨', 'họ', 'tên', 'επώνυμο', 'όνομα', 'שם_משפחה', 'الاسم', 'اسم_العائلة',
        'address', 'address_?(line_?)?[0-9]', 'street', 'street_?(name|address)', 'stra(ß|ss)e', 'adresse', 'anschrift',
        'house_(no|number)', 'hausnummer', 'street_number', 'num[eé]ro_de_rue', 'apartment', 'stra(ß|ss)e_und_hausnummer', 'alamat',
        'geolocation', 'coordinates', '住所[0-9]', 'ที่อยู่', 'पता', 'địa_chỉ', 'العنوان', 'endereço', 'logradouro',
        'direcci[oó]n', 'indirizzo', 'ip_address', '地址', '住所', '주소', 'адрес', 'latitude', 'longitude', 'lat', 'lng', 'lon',
        'ssn', 'social_security_number', 'iban', 'passport(_(no|number))?', 'tax_(id|number)', 'vat_(id|number)', 'ust_id',
        'curp', 'rfc', 'aadhaar(_(no|number))?', 'pan_(no|number)', 'codice_fiscale', 'nric', 'ni_number', 'personnummer',
        'rodné_číslo', 'driver_?s?_licen[cs]e(_(no|number))?', 'licen[cs]e_plate', 'kennzeichen', 'imei', '(credit_)?card_number',
        'card_last_?4', 'bank_account(_(no|number))?', 'sort_code', 'kontonummer', 'twitter_handle', 'linked_?in_url',
        'steuernummer', 'national_id', 'dni', 'nif', 'cpf', 'cnpj', 'pesel', 'bsn', 'инн', 'снилс', '身份证', '身份证号', '주민등록번호',
    ] -%}
    {#- too short, or too common a word, to be part of a longer name -#}
    {%- set whole = ['owner', 'owner_(id|name)', 'agent', 'nom', 'nome', 'nombre', 'cp', 'cap', 'cep', 'login', 'handle', 'rep', 'rue', 'calle', 'rg', 'vin'] -%}
    {#- whose it is may stand behind it -#}
    {%- set whose = '(_(billing|shipping|mailing|delivery|home|work|name|e_?mail|alias|漢字))?' -%}
    '(.*_)?({{ anywhere | join("|") }}){{ whose }}|{{ whole | join("|") }}'
{%- endmacro %}
