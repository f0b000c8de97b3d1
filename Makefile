# make run      hear it: plays a recording through the daemon, and keeps both stems as files
# make test     runs every test
# make overload plays for minutes on a busy machine, and counts late frames
# make install  puts programs, presets and the systemd unit under PREFIX
#
# What is missing is installed first, with apt; rights are asked for only if something is.

FILE   ?= presets/demo/everything-is-free.flac
PRESET ?= sotto
OUTPUT ?= stems
SERVER ?=
STAGES ?=
FRAMES ?= 30000
BUSY   ?= 4
PREFIX ?= /usr/local

# Static: the programs run where there is no Swift.
SWIFT_BUILD = swift build -c release --static-swift-stdlib
BUILT       = .build/release

.PHONY: build run test overload install uninstall clean

build:
	@.ci/prerequisites build
	$(SWIFT_BUILD) --product sottod
	$(SWIFT_BUILD) --product sotto

run: build
	@.ci/demo "$(FILE)" "$(PRESET)" "$(OUTPUT)" "$(SERVER)"

test:
	@.ci/prerequisites build test
	@.ci/test $(STAGES)

overload: build
	@.ci/overload "$(FILE)" "$(PRESET)" $(FRAMES) $(BUSY)

# Under sudo the programs are taken as they are: a build by root would leave files that its user cannot replace.
install:
	@if [ -z "$$SUDO_USER" ] || [ ! -x $(BUILT)/sottod ]; then $(MAKE) build; fi
	install -D -s -m 755 -t "$(DESTDIR)$(PREFIX)/bin" $(BUILT)/sottod $(BUILT)/sotto
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/sotto/presets" $(wildcard presets/*.toml presets/*.safetensors presets/*.md)
	install -d "$(DESTDIR)$(PREFIX)/lib/systemd/user"
	sed 's|/usr/local/bin/|$(PREFIX)/bin/|' systemd/sottod.service >"$(DESTDIR)$(PREFIX)/lib/systemd/user/sottod.service"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/sottod" "$(DESTDIR)$(PREFIX)/bin/sotto"
	rm -f "$(DESTDIR)$(PREFIX)/lib/systemd/user/sottod.service"
	rm -rf "$(DESTDIR)$(PREFIX)/share/sotto"

clean:
	rm -rf .build .build-* stems training/.venv
