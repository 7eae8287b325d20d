"""Why a finding does not count: comments beside the key, the baseline, and the ignore files of other scanners."""
