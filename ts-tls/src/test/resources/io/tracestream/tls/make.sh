#!/usr/bin/env bash
# Writes the certificates and keys of IdentityTest, with OpenSSL 3.
set -euo pipefail
cd "$(dirname "$0")"
options=(-days 36500 -subj)
openssl genrsa -out rsa.pkcs8 2048
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pkcs8
openssl genpkey -algorithm ed25519 -out ed25519.pkcs8
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.pkcs8
for kind in rsa ec ed25519 other; do
  openssl req -x509 -key "$kind.pkcs8" -out "$kind.crt" "${options[@]}" "/CN=$kind"
done
openssl rsa -in rsa.pkcs8 -traditional -out rsa.old
{ openssl ecparam -name prime256v1; openssl ec -in ec.pkcs8; } >ec.old
openssl pkey -in ec.pkcs8 -aes256 -passout pass:secret -out encrypted.key
openssl pkcs12 -export -inkey rsa.pkcs8 -in rsa.crt -passout pass:secret -out rsa.p12
openssl req -new -key ec.pkcs8 -subj /CN=expired -out expired.csr
mkdir ca && touch ca/index && echo 01 >ca/serial && printf '[c]\ndatabase=ca/index\nnew_certs_dir=ca\nserial=ca/serial\npolicy=p\ndefault_md=sha256\n[p]\ncommonName=supplied\n' >ca/conf
openssl ca -batch -config ca/conf -name c -keyfile ec.pkcs8 -cert ec.crt -in expired.csr -out expired.crt \
  -startdate 20000101000000Z -enddate 20010101000000Z -notext
rm -r ca expired.csr other.pkcs8
