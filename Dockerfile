# The image of ts-proxy. docker, podman and buildah build it, each from this folder:
#   docker build -t ts-proxy .
#   docker run -e TS_PROXY_TARGET=HOST:PORT -e TS_PROXY_RECORD=a.rec -v "$PWD/recordings:/recordings" -p 9000:9000 ts-proxy
# scripts/docker-entrypoint.sh says what it takes from its environment.
ARG BASE=debian:trixie-slim

FROM $BASE AS build
# The folder is what a slim base leaves out and Java's packages cannot do without.
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends binutils maven openjdk-25-jdk-headless \
    && rm -rf /var/lib/apt/lists/*

# A network with its own repository or certificates: pass what Maven needs there as secrets, and where it
# finds them as flags, such as -s /run/secrets/settings -Djavax.net.ssl.trustStore=/run/secrets/truststore
ARG MAVEN_FLAGS=
# The checks are for a developer's build; the image takes what passed them.
ARG BUILD="-B -q -pl ts-cli -am -DskipTests -Dmaven.source.skip -Dspotless.check.skip -Dcyclonedx.skip package"

# Without sources first: the layer with all plugins and libraries lasts until a pom changes.
WORKDIR /build
COPY pom.xml LICENSE ./
COPY ts-testing/pom.xml ts-testing/
COPY ts-codec/pom.xml ts-codec/
COPY ts-recording/pom.xml ts-recording/
COPY ts-rules/pom.xml ts-rules/
COPY ts-tls/pom.xml ts-tls/
COPY ts-engine/pom.xml ts-engine/
COPY ts-proxy-core/pom.xml ts-proxy-core/
COPY ts-replay-core/pom.xml ts-replay-core/
COPY ts-compare/pom.xml ts-compare/
COPY ts-capture/pom.xml ts-capture/
COPY ts-junit/pom.xml ts-junit/
COPY ts-examples/pom.xml ts-examples/
COPY ts-protobuf/pom.xml ts-protobuf/
COPY ts-cli/pom.xml ts-cli/
COPY ts-bench/pom.xml ts-bench/
COPY ts-bom/pom.xml ts-bom/
COPY ts-checks/pom.xml ts-checks/
RUN --mount=type=secret,id=settings --mount=type=secret,id=truststore \
    mvn $MAVEN_FLAGS $BUILD && rm -rf ts-*/target
COPY . .
RUN --mount=type=secret,id=settings --mount=type=secret,id=truststore \
    mvn $MAVEN_FLAGS $BUILD

# A Java of only the modules that the jar needs, and what makes it fast from its first second.
RUN jlink --add-modules "$(jdeps --ignore-missing-deps --print-module-deps ts-cli/target/ts-proxy.jar ts-cli/target/decoders/*.jar)" \
      --strip-debug --no-header-files --no-man-pages --output /opt/java \
    && /opt/java/bin/java -XX:+UseSerialGC -Xshare:dump >/dev/null \
    && install -D -t /opt/ts-proxy ts-cli/target/ts-proxy.jar \
    && install -D -t /opt/ts-proxy/decoders ts-cli/target/decoders/*.jar \
    && install -D -t /opt/ts-proxy/scripts scripts/docker-entrypoint.sh scripts/docker-healthcheck.sh scripts/ts_proxy scripts/make_cache scripts/lib.sh

FROM $BASE
COPY --from=build /opt /opt
ENV JAVA_HOME=/opt/java TS_PROXY_JAR=/opt/ts-proxy/ts-proxy.jar LC_ALL=C.UTF-8
# Here, as it fits the files of this stage only.
RUN /opt/ts-proxy/scripts/make_cache
# A number, not a name: an orchestrator can see that it is not root.
RUN install -d -o 10001 -g 10001 /recordings
USER 10001:10001
WORKDIR /recordings
VOLUME /recordings
EXPOSE 9000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/opt/ts-proxy/scripts/docker-healthcheck.sh"]
ENTRYPOINT ["/opt/ts-proxy/scripts/docker-entrypoint.sh"]
