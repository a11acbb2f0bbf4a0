# Two locked environments: .venv for the tools, .tools/ministack for the local AWS, which pins another botocore.
# Each holds a stamp newer than the lock that it was made from, so a second run installs nothing.

.DEFAULT_GOAL := help
.PHONY: help demo serve serve-docker test sam-local soak lint format build openapi lock deploy undeploy clean checkov audit sbom bench bench-check

VENV := .venv
BIN := $(VENV)/bin
UV := .tools/uv/bin/uv
TOOLS := $(VENV)/.stamp
LOCAL_STACK := .tools/ministack/.stamp
CHECKOV := .tools/checkov/.stamp
AUDIT := .tools/audit/.stamp
# Lambda's own runtime and emulator are for Linux; elsewhere their tests are skipped.
RUNTIME := $(if $(filter Linux,$(shell uname -s)),.tools/runtime/.stamp)
COMPILE := $(UV) pip compile -q --universal --python-version 3.13 --generate-hashes --no-annotate \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# sam build looks for python3.13 on the path.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export SAM_CLI_TELEMETRY := 0

# No target but deploy may reach a real account, whatever the caller's shell and home directory hold.
LOCAL_AWS := env -u AWS_PROFILE -u AWS_SESSION_TOKEN -u AWS_ENDPOINT_URL \
	AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=eu-central-1 AWS_DEFAULT_REGION=eu-central-1 \
	AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true \
	NO_PROXY=localhost,127.0.0.1,$(NO_PROXY) no_proxy=localhost,127.0.0.1,$(no_proxy)

BENCHMARK := $(LOCAL_AWS) PYTHONPATH=layers/dms:scripts $(BIN)/python benchmarks

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(TOOLS) $(LOCAL_STACK) ## Deploy to a local AWS, hand over and read back a document of each flow; AUTH=1 with tokens
	@exec $(LOCAL_AWS) $(BIN)/python scripts/demo.py $(if $(AUTH),--auth)

serve: $(TOOLS) $(LOCAL_STACK) ## Keep the local stack up until Ctrl-C; PORT= chooses the port, else a free one; AUTH=1 asks for tokens
	@exec $(LOCAL_AWS) $(BIN)/python scripts/local_stack.py $(if $(PORT),--port $(PORT)) $(if $(AUTH),--auth)

serve-docker: $(TOOLS) $(LOCAL_STACK) ## The same, within reach of the containers of sam local
	@exec $(LOCAL_AWS) $(BIN)/python scripts/docker_stack.py

test: $(TOOLS) $(LOCAL_STACK) $(RUNTIME) $(AUDIT) ## Run every test that needs no Docker; ARGS= goes to pytest
	@exec $(LOCAL_AWS) $(BIN)/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

sam-local: $(TOOLS) $(LOCAL_STACK) $(RUNTIME) ## Run the sample events and the API through sam local, in Docker; ARGS= goes to pytest
	@exec $(LOCAL_AWS) $(BIN)/python scripts/sam_local.py $(ARGS)

audit: $(AUDIT) ## Look up known vulnerabilities of every locked package; ARGS=--tell lets unanswered ones pass, told
	@.tools/audit/bin/python scripts/audit.py $(ARGS)

sbom: $(AUDIT) .tools/shipped/.stamp ## Write sbom.json, the bill of what runs on AWS, from the locks; on Linux
	@.tools/audit/bin/python scripts/sbom.py .tools/shipped/bin/python
bench: $(TOOLS) $(RUNTIME) ## Measure speed and memory beside peers; OPERATIONS=a,b and ROUNDS= make it shorter
	@exec $(BENCHMARK)/bench.py $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(OPERATIONS),--operations $(OPERATIONS))

bench-check: $(TOOLS) $(RUNTIME) ## See whether this tree has become slower or larger, beside a peer
	@exec $(BENCHMARK)/check.py

soak: $(TOOLS) $(LOCAL_STACK) ## Run the long runs, or RUN= alone; OPERATIONS= says how much, SEED= repeats one
	@exec $(LOCAL_AWS) $(BIN)/python scripts/soak.py $(RUN) $(if $(OPERATIONS),--operations $(OPERATIONS)) \
		$(if $(SEED),--seed $(SEED)) $(ARGS)

lint: $(TOOLS) ## Check style, types and the template
	@$(BIN)/ruff check -q
	@$(BIN)/ruff format -q --check
	@$(BIN)/mypy --no-error-summary functions layers/dms scripts tests benchmarks
	@$(LOCAL_AWS) $(BIN)/cfn-lint template.yaml
	@$(LOCAL_AWS) $(BIN)/sam validate --lint >.tools/validate.log 2>&1 || { cat .tools/validate.log; exit 1; }

checkov: $(CHECKOV) ## Check the template for what is left open; each exception says why in place
	@.tools/checkov/bin/checkov -f template.yaml --framework cloudformation --skip-download --compact --quiet \
		>.tools/checkov.log 2>&1 || { cat .tools/checkov.log; exit 1; }

format: $(TOOLS) ## Lay out the code and repair what can be repaired
	@$(BIN)/ruff check -q --fix
	@$(BIN)/ruff format -q

build: $(TOOLS) ## Build functions and layer into .aws-sam/build
	@echo "building ..."
	@$(LOCAL_AWS) $(BIN)/sam build >.tools/build.log 2>&1 || { cat .tools/build.log; exit 1; }

openapi: $(TOOLS) ## Write openapi.json from the code
	@$(LOCAL_AWS) $(BIN)/python scripts/openapi.py

lock: $(UV) ## Lock the requirements anew; UPGRADE=1 takes newer versions
	@$(UV) pip compile -q --python-version 3.9 --generate-hashes --no-annotate --custom-compile-command "make lock" \
		$(if $(UPGRADE),--upgrade) requirements/uv.in -o requirements/uv.txt
	@$(COMPILE) requirements/layer.in -o layers/dms/requirements.txt
	@$(COMPILE) requirements/dev.in -o requirements/dev.txt
	@$(COMPILE) requirements/local-stack.in -o requirements/local-stack.txt
	@$(COMPILE) requirements/runtime.in -o requirements/runtime.txt
	@$(COMPILE) requirements/checkov.in -o requirements/checkov.txt
	@$(COMPILE) requirements/audit.in -o requirements/audit.txt
	@$(COMPILE) requirements/bench-typical.in -o benchmarks/peers/frameworks/layers/typical/requirements.txt
	@$(COMPILE) requirements/bench-fastapi.in -o benchmarks/peers/frameworks/layers/fastapi/requirements.txt

deploy: $(TOOLS) ## Lint, build, show the change set and deploy the samconfig.toml environment ENV=; YES=1 does not ask
	@$(BIN)/python scripts/environment.py "$(ENV)" $(if $(YES),--yes)
	@echo "checking ..."
	@$(MAKE) --no-print-directory lint
	@echo "building ..."
	@$(BIN)/sam build --config-env "$(ENV)" >.tools/build.log 2>&1 || { cat .tools/build.log; exit 1; }
	@$(BIN)/sam deploy --config-env "$(ENV)" $(if $(YES),--no-confirm-changeset)
	@$(BIN)/python scripts/protect.py "$(ENV)"

undeploy: $(TOOLS) ## Delete the stack of ENV= and say what of it is kept, and how to remove that; YES=1 does not ask
	@$(BIN)/python scripts/undeploy.py "$(ENV)" $(if $(YES),--yes)

clean: ## Remove everything that the targets make
	@rm -rf $(VENV) .tools .aws-sam .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find functions layers scripts tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# Any Python from 3.9 on makes the environment for uv. Where pyenv has no 3.13 its shims refuse, but for the system's own.
$(UV): requirements/uv.txt
	@echo "installing uv (once) ..."
	@PATH="$${PATH#*:}"; for python in python3.13 python3 "env PYENV_VERSION=system python3"; do \
		$$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || continue; \
		$$python -m venv --clear .tools/uv && exec .tools/uv/bin/python -m pip install -q \
			--disable-pip-version-check --require-hashes -r requirements/uv.txt; \
	done; \
	echo "Python 3.9 or newer with its venv module is needed (Debian, Ubuntu: apt install python3-venv)."; exit 1
	@touch $@

define environment
	@$(UV) venv -q --allow-existing --python $$(cat .python-version) $(1) || { \
		echo "Python $$(cat .python-version) is needed, and uv could not fetch it: install it with your package" \
			"manager, from python.org, or with 'pyenv install $$(cat .python-version)'."; exit 1; }
	@$(UV) pip sync -q --require-hashes --python $(1) $(2)
	@touch $@
endef

$(TOOLS): requirements/dev.txt .python-version $(UV)
	@echo "installing tools (once) ..."
	$(call environment,$(VENV),requirements/dev.txt)

$(LOCAL_STACK): requirements/local-stack.txt .python-version $(UV)
	@echo "installing the local AWS (once) ..."
	$(call environment,.tools/ministack,requirements/local-stack.txt)

$(CHECKOV): requirements/checkov.txt .python-version $(UV)
	@echo "installing checkov (once) ..."
	$(call environment,.tools/checkov,requirements/checkov.txt)

.tools/runtime/.stamp: requirements/runtime.txt .python-version $(UV)
	@echo "installing Lambda's runtime (once) ..."
	$(call environment,.tools/runtime,requirements/runtime.txt)

$(AUDIT): requirements/audit.txt .python-version $(UV)
	@echo "installing what audits the dependencies (once) ..."
	$(call environment,.tools/audit,requirements/audit.txt)

# What runs on AWS and nothing else: the layer, and what Lambda brings.
.tools/shipped/.stamp: layers/dms/requirements.txt requirements/runtime.txt .python-version $(UV)
	$(call environment,.tools/shipped,layers/dms/requirements.txt requirements/runtime.txt)
