"""The top of the config: which studies there are, and where the results of each lie."""

top, *studies = (
    configuration.read_schema(SCHEMAS / f"{name}.schema.yaml")
    for name in ("config", "heterogeneity_config", "response_config")
)
studies = dict(zip(("heterogeneity", "response"), studies, strict=True))
# A key that nobody has stops here, before the demo runs in its place.
configuration.refuse_unknown_top(config, top, studies)
RESULTS = configuration.results_folders(config, studies)
