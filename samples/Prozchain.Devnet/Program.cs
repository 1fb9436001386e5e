using System.CommandLine;
using Prozchain.Devnet;
using Prozchain.Devnet.Proofs;
using Prozchain.Devnet.Workloads;
using Prozchain.Rollups.Finality;

var defaults = new DevnetOptions { Workload = "" };

var workload = new Option<string>("--workload") { Description = "CSV file of transfers: from,to,amount[,nonce,publicKey,signature]", Required = true };
var file = new Option<string?>("--file") { Description = "File to store in the model vault" };
var model = new Option<string?>("--model") { Description = "Model to store over 24 shards, lose, audit and repair, with a network served beside it: a file, or synthetic:SIZE (64MB, 10GB); an .onnx file is lowered and served itself" };
var data = new Option<string?>("--data") { Description = "Folder of logs and stores; a run with the same folder resumes" };
var report = new Option<string?>("--report") { Description = "Write the final report to this file, as JSON" };
var shards = new Option<int>("--shards") { Description = "Number of shards, 1 to 1024", DefaultValueFactory = _ => defaults.Shards };
var l2 = new Option<int>("--l2") { Description = "Share of the lines that go to the rollup, in percent", DefaultValueFactory = _ => defaults.L2Share };
var round = new Option<int>("--round") { Description = "Workload lines taken in per round of blocks", DefaultValueFactory = _ => defaults.LinesPerRound };
var batch = new Option<int>("--batch") { Description = "Transfers per rollup batch", DefaultValueFactory = _ => defaults.BatchSize };
var validators = new Option<int>("--validators") { Description = "Validators that committees are drawn from", DefaultValueFactory = _ => defaults.Validators };
var seats = new Option<int>("--seats") { Description = "Seats of each shard's committee", DefaultValueFactory = _ => defaults.Seats };
var fund = new Option<ulong>("--fund") { Description = "Starting balance of each sender, on each layer, in base units", DefaultValueFactory = _ => defaults.Fund };
var seed = new Option<ulong>("--seed") { Description = "Seed of wallets, validators and samples", DefaultValueFactory = _ => defaults.Seed };
var confidence = new Option<double>("--confidence") { Description = "Sample until unrecoverable data would be caught with this probability", DefaultValueFactory = _ => defaults.Confidence };
var da = new Option<AvailabilityCode>("--da") { Description = "How batches are made available: square or rows", DefaultValueFactory = _ => defaults.Availability };
var withhold = new Option<bool>("--withhold") { Description = "Withhold a quarter of each batch at first, and show that sampling catches it" };
var faults = new Option<ulong?>("--faults") { Description = "Crash the chains in mid-write, at points drawn from this seed, and go on from the log" };
var reshard = new Option<bool>("--reshard") { Description = "Split the shard with most gas after a third of the workload, and merge its halves after two thirds" };
var rollup = new Option<FinalityMode>("--rollup") { Description = "What makes the rollup's batches final: optimistic, by time and disputes; validity, by proofs of all; hybrid, by time, and what leaves by proofs", DefaultValueFactory = _ => defaults.Rollup };
var settlement = new Option<SettlementKind>("--settlement") { Description = "Where the rollup settles: inprocess, on the beacon, or evm, on a local EVM node", DefaultValueFactory = _ => defaults.Settlement };
var npm = new Option<string>("--npm") { Description = "Folder with the EVM node's packages, as contracts/install.sh makes it", DefaultValueFactory = _ => defaults.Npm };
var lie = new Option<bool>("--lie") { Description = "Let the rollup's proposer lie about a batch, and show that it loses" };
var censor = new Option<bool>("--censor") { Description = "Let the rollup's sequencer refuse a transaction, and show how it forces its way in" };
var withdraw = new Option<bool>("--withdraw") { Description = "Let a wallet withdraw at the end, and show how the bridge pays it" };
var escape = new Option<bool>("--escape") { Description = "Let the rollup stand still at the end, and show how a wallet leaves it" };
var parallelism = new Option<int>("--parallel") { Description = "Cores that shards are spread over", DefaultValueFactory = _ => defaults.Parallelism };

var run = new Command("run", "Run a workload file through shards, a rollup, data availability and the model vault")
{
    workload, file, model, data, report, shards, l2, round, batch, validators, seats, fund, seed, da, withhold, confidence, faults, reshard,
    rollup, settlement, npm, withdraw, lie, censor, escape, parallelism,
};
run.SetAction((given, cancellationToken) => DevnetHost.RunAsync(
    new DevnetOptions
    {
        Workload = given.GetValue(workload)!,
        File = given.GetValue(file),
        Model = given.GetValue(model),
        Data = given.GetValue(data),
        Report = given.GetValue(report),
        Shards = given.GetValue(shards),
        L2Share = given.GetValue(l2),
        LinesPerRound = given.GetValue(round),
        BatchSize = given.GetValue(batch),
        Validators = given.GetValue(validators),
        Seats = given.GetValue(seats),
        Fund = given.GetValue(fund),
        Seed = given.GetValue(seed),
        Availability = given.GetValue(da),
        Withhold = given.GetValue(withhold),
        Confidence = given.GetValue(confidence),
        Faults = given.GetValue(faults),
        Reshard = given.GetValue(reshard),
        Rollup = given.GetValue(rollup),
        Settlement = given.GetValue(settlement),
        Npm = given.GetValue(npm)!,
        Lie = given.GetValue(lie),
        Censor = given.GetValue(censor),
        Withdraw = given.GetValue(withdraw),
        Escape = given.GetValue(escape),
        Parallelism = Math.Max(1, given.GetValue(parallelism)),
    },
    cancellationToken));

var lines = new Option<long>("--lines") { Description = "Number of transfers", DefaultValueFactory = _ => 10_000 };
var accounts = new Option<int>("--accounts") { Description = "Number of accounts, at least 2", DefaultValueFactory = _ => 1_000 };
var distribution = new Option<WorkloadDistribution>("--distribution") { Description = "Who sends: all alike, or Zipf-Mandelbrot (shift 2.7, exponent 1.0)", DefaultValueFactory = _ => WorkloadDistribution.Uniform };
var maxAmount = new Option<ulong>("--max-amount") { Description = "Amounts are 1 to this many base units", DefaultValueFactory = _ => 1_000 };
var generateSeed = new Option<ulong>("--seed") { Description = "Seed: the same one makes the same file", DefaultValueFactory = _ => 1 };
var signed = new Option<bool>("--signed") { Description = "Every line carries nonce, public key and signature of its own" };
var swaps = new Option<int>("--swaps") { Description = "Share of the lines that are atomic swaps of two wallets, in percent" };
var output = new Option<string>("--output") { Description = "File to write", Required = true };
var generate = new Command("generate", "Make a workload file of any size") { lines, accounts, distribution, maxAmount, generateSeed, signed, swaps, output };
generate.SetAction((given, cancellationToken) => WorkloadGenerator.RunAsync(
    new GeneratorOptions(
        given.GetValue(lines), given.GetValue(accounts), given.GetValue(distribution), given.GetValue(maxAmount),
        given.GetValue(generateSeed), given.GetValue(signed), given.GetValue(swaps), given.GetValue(output)!),
    cancellationToken));

ParseResult parsed = new RootCommand("Prozchain's development network: one transaction file through every package") { run, generate, ProofCommands.ProveFile(), ProofCommands.Verify() }.Parse(args);
int code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) }).ConfigureAwait(false);
return parsed.Errors.Count > 0 ? ExitCodes.Unusable : code;
