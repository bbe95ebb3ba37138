# The image holds the program, its log rules and what it serves; nothing else: no shell, no C library, no package.
#   docker build -t flytftp .            for the builder's own platform
#   docker buildx build --platform linux/amd64,linux/arm64 .   the other one is cross-compiled (FlyTftp.Reactive/Cross.targets), not emulated

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# Set by BuildKit and buildah; a builder that sets neither builds for itself.
ARG TARGETARCH
# "+" and the commit, in "flytftp --version".
ARG REVISION=""
WORKDIR /src

# The target's gcc links; its libc.a goes into the executable.
RUN own=$(dpkg --print-architecture) && target=${TARGETARCH:-$own} \
 && case $target in amd64) gcc=gcc-x86-64-linux-gnu rid=linux-x64 ;; arm64) gcc=gcc-aarch64-linux-gnu rid=linux-arm64 ;; \
      *) echo "no image for $target: amd64 and arm64 are known" >&2; exit 1 ;; esac \
 && if [ "$target" = "$own" ]; then packages="gcc libc6-dev"; \
    else packages="$gcc libc6-dev-$target-cross"; fi \
 && apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages >/dev/null \
 && echo "$rid" > /runtime-identifier

COPY global.json Directory.Build.props .editorconfig nlog.config ./
COPY FlyTftp.Reactive FlyTftp.Reactive
RUN dotnet publish FlyTftp.Reactive -c Release -r $(cat /runtime-identifier) -p:SourceRevisionId=$REVISION -o /out

FROM scratch
COPY --from=build /out/flytftp /flytftp
COPY nlog.config /nlog.config
COPY content/ /content/

LABEL org.opencontainers.image.title="FlyTftp.Reactive" \
      org.opencontainers.image.description="A read-only TFTP server for network boot, whose heart is one Rx.NET query" \
      org.opencontainers.image.licenses="MIT"

# No USER: the program starts as root, binds port 69 and then becomes 65534 in an empty root by itself (docs/adr/0005). Any user
# works where 69 is no privileged port, as in Docker since 20.10: docker run --user 65534:65534. Fly.io and Kubernetes leave it privileged.
EXPOSE 69/udp
HEALTHCHECK --interval=30s --timeout=5s CMD ["/flytftp", "check"]
ENTRYPOINT ["/flytftp"]
