using System.Globalization;
using Prozchain.Devnet.Adapters;
using Prozchain.Rollups.Finality;

namespace Prozchain.Devnet;

/// <summary>What one run is told on its command line.</summary>
internal sealed record DevnetOptions
{
    // The blocks of a round share one log record. Within this bound each of them has room for all lines of the round and
    // for all receipts of the round before, whatever the lines are.
    private const long MaxLinesTimesShards = 1 << 21;

    private const string Synthetic = "synthetic:";
    private const long MinSynthetic = 1_000_000, MaxSynthetic = 1_000_000_000_000;

    public required string Workload { get; init; }

    /// <summary>File that goes into the model vault, or null for none.</summary>
    public string? File { get; init; }

    /// <summary>
    /// Model to store, publish and audit, beside which a network is served: a file, a folder of a sharded model, or
    /// <c>synthetic:SIZE</c>; null for none.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>Bytes of a synthetic model, 0 when its size cannot be read; null when <see cref="Model"/> names none.</summary>
    public long? SyntheticBytes => Model is null || !Model.StartsWith(Synthetic, StringComparison.Ordinal) ? null : BytesOf(Model.AsSpan(Synthetic.Length));

    /// <summary>Folder of logs and stores; null for a temporary one that is removed at the end.</summary>
    public string? Data { get; init; }

    /// <summary>Where the JSON report goes, or null.</summary>
    public string? Report { get; init; }

    /// <summary>Number of shards, 1 to 1024.</summary>
    public int Shards { get; init; } = 4;

    /// <summary>Share of the workload's lines that go to the rollup, in percent, 0 to 100.</summary>
    public int L2Share { get; init; } = 25;

    /// <summary>Workload lines taken in per round of blocks.</summary>
    public int LinesPerRound { get; init; } = 500;

    /// <summary>Transfers per rollup batch.</summary>
    public int BatchSize { get; init; } = 250;

    /// <summary>Validators that the beacon draws committees from.</summary>
    public int Validators { get; init; } = 16;

    /// <summary>Seats of each shard's committee.</summary>
    public int Seats { get; init; } = 4;

    /// <summary>Balance that each sender starts with, on each layer where it sends, in base units.</summary>
    public ulong Fund { get; init; } = 1_000_000;

    /// <summary>Seed of wallets, validators and samples.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How batches are made available.</summary>
    public AvailabilityCode Availability { get; init; } = AvailabilityCode.Square;

    /// <summary>Whether each batch is first withheld by a quarter, to be caught by sampling.</summary>
    public bool Withhold { get; init; }

    /// <summary>Sampling goes on until data that cannot be recovered would have been caught with this probability.</summary>
    public double Confidence { get; init; } = 0.9999;

    /// <summary>Seed of crashes that the chains must survive; null for none.</summary>
    public ulong? Faults { get; init; }

    /// <summary>Whether the hottest shard is split after a third of the workload, and merged again after two thirds.</summary>
    public bool Reshard { get; init; }

    /// <summary>What makes the rollup's claims final.</summary>
    public FinalityMode Rollup { get; init; } = FinalityMode.Optimistic;

    /// <summary>Where the rollup settles.</summary>
    public SettlementKind Settlement { get; init; } = SettlementKind.InProcess;

    /// <summary>Folder with the packages of an EVM node.</summary>
    public string Npm { get; init; } = "artifacts/npm";

    /// <summary>Whether a wallet withdraws at the end, and the bridge pays it.</summary>
    public bool Withdraw { get; init; }

    /// <summary>Whether the proposer lies about a batch, to lose.</summary>
    public bool Lie { get; init; }

    /// <summary>Whether the sequencer refuses a transaction, which then forces its way in.</summary>
    public bool Censor { get; init; }

    /// <summary>Whether the rollup stands still at the end, and a wallet leaves it.</summary>
    public bool Escape { get; init; }

    /// <summary>Cores that shards are spread over.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Shards that there are at most at a time.</summary>
    public long MostShards => Shards + (Reshard ? 1 : 0);

    /// <summary>Null, or what is wrong with the options, in one sentence.</summary>
    public string? Check() => this switch
    {
        { Shards: < 1 or > 1024 } => $"--shards must be 1 to 1024, got {Shards}.",
        { Shards: 1024, Reshard: true } => "--reshard needs --shards below 1024: a split makes one more.",
        { L2Share: < 0 or > 100 } => $"--l2 must be 0 to 100 percent, got {L2Share}.",
        { LinesPerRound: < 1 or > 65_536 } => $"--round must be 1 to 65536 lines, got {LinesPerRound}.",
        _ when LinesPerRound * MostShards > MaxLinesTimesShards => $"--round times --shards must be at most {MaxLinesTimesShards}, so that every round's lines fit into its blocks, got {LinesPerRound * MostShards}.",
        { BatchSize: < 1 or > 10_000 } => $"--batch must be 1 to 10000 transfers, got {BatchSize}.",
        { Seats: < 1 or > 128 } => $"--seats must be 1 to 128, got {Seats}.",
        { SyntheticBytes: < MinSynthetic or > MaxSynthetic } => $"--model synthetic:SIZE needs a size of 1MB to 1000GB, such as 64MB or 10GB, got '{Model}'.",
        { Validators: < 1 or > 4096 } => $"--validators must be 1 to 4096, got {Validators}.",
        { Fund: < 1 or > 1_000_000_000_000 } => $"--fund must be 1 to 10^12 base units, got {Fund}.",
        { Confidence: not (> 0 and < 1) } => $"--confidence must be between 0 and 1, both excluded, got {Confidence}.",
        { Rollup: not FinalityMode.Optimistic, Settlement: SettlementKind.Evm } => "--rollup validity and hybrid settle in process: an EVM cannot afford to check their proofs, so leave --settlement out.",
        { Rollup: not FinalityMode.Optimistic } when Data is not null || Faults is not null => "--rollup validity and hybrid go with neither --data nor --faults: their wallets' keys sign once, and which are used is known to the process alone.",
        { Rollup: not FinalityMode.Optimistic } when Censor || Escape => "--censor and --escape need --rollup optimistic.",
        { Rollup: FinalityMode.Validity, Lie: true } => "--lie needs --rollup optimistic or hybrid: where everything is proven nobody claims anything.",
        { Settlement: SettlementKind.Evm, Data: not null } => "--settlement evm and --data exclude each other: that chain is not kept, so there is nothing to resume.",
        { Settlement: SettlementKind.Evm, Faults: not null } => "--settlement evm and --faults exclude each other: that chain is not kept, so nothing goes on after a crash.",
        { L2Share: 0 } when Withdraw || Lie || Censor || Escape => "--withdraw, --lie, --censor and --escape need transfers on the rollup, and --l2 is 0.",
        { Settlement: SettlementKind.Evm } => AnvilSettlement.Missing(Npm),
        _ => null,
    };

    private static long BytesOf(ReadOnlySpan<char> size)
    {
        long unit = size.EndsWith("MB") ? 1_000_000 : size.EndsWith("GB") ? 1_000_000_000 : 0;
        return unit > 0 && int.TryParse(size[..^2], NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count * unit : 0;
    }
}
