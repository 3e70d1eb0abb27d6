#!/usr/bin/env node
import { runCli } from "#core/cli";
import { CLUSTERIO } from "#ctl/program";

void runCli(CLUSTERIO);
