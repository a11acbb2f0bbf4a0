# What `sam build` runs to make the layer, after copying this folder aside. Bytecode is made here, since Lambda's code is
# read-only and would be compiled anew in every init; by hash, since SAM's zip gives every file the same date.

PYTHON := python3.13
LIBRARIES := $(ARTIFACTS_DIR)/python
PLATFORMS := manylinux_2_34 manylinux_2_28 manylinux2014

build-DmsLayer:
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --only-binary :all: \
		--implementation cp --python-version 3.13 $(PLATFORMS:%=--platform %_$(MACHINE)) \
		--target "$(LIBRARIES)" --requirement requirements.txt
	cp -R okd_dms requirements.txt "$(LIBRARIES)"
	PYTHONPATH="$(LIBRARIES)" $(PYTHON) -B lean_botocore.py "$(LIBRARIES)"
	rm -rf "$(LIBRARIES)/bin" "$(LIBRARIES)/okd_dms/__pycache__"
	$(PYTHON) -m compileall -q -f --invalidation-mode unchecked-hash -s "$(LIBRARIES)" -p /opt/python "$(LIBRARIES)"
