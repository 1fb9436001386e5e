using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding;

/// <summary>
/// How an <see cref="InProcessEngine{TTransition}"/> is set up. A log can only be resumed with the rules, genesis and
/// rhythm that it was started with; all else may change.
/// </summary>
public sealed record InProcessOptions
{
    /// <summary>Rules of the shards; names the chain.</summary>
    public required MachineOptions Rules { get; init; }

    /// <summary>The cells at genesis, each key once; each goes to the shard that holds its key.</summary>
    public IReadOnlyList<StateWrite> Cells { get; init; } = [];

    /// <summary>Time of genesis, Unix milliseconds; no round is before it.</summary>
    public long GenesisTimeMs { get; init; }

    /// <summary>Number of shards, 1 to 1,024. Default 4.</summary>
    public int ShardCount { get; init; } = 4;

    /// <summary>Micro-blocks in one round, 1 to 64, before the sealing one. Default 5.</summary>
    public int MicroBlocks { get; init; } = 5;

    /// <summary>Time from one micro-block to the next, milliseconds. Default 100, with which a round is 500 ms.</summary>
    public long MicroBlockMs { get; init; } = 100;

    /// <summary>Bytes that the cells of one shard may take (<see cref="HeapTrieStore"/>). Default 256 MiB.</summary>
    public long StateBytes { get; init; } = 1L << 28;

    /// <summary>Transactions that may wait in one shard. Default 262,144.</summary>
    public int MaxQueued { get; init; } = 1 << 18;

    /// <summary>Bytes of them. Default 64 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 1L << 26;

    /// <summary>Checks signatures. Default: null, which means an <see cref="Ed25519Verifier"/>.</summary>
    public ISignatureVerifier? Verifier { get; init; }

    /// <summary>
    /// The validators of a beacon that anchors the shards' headers and orders application records; their stake must fill
    /// all seats. Default: none, and no beacon.
    /// </summary>
    public IReadOnlyList<EngineValidator> Validators { get; init; } = [];

    /// <summary>Sizes of the committees that meet a budget. Where there are validators, this or <see cref="UnsafeDevelopment"/> is required.</summary>
    public CommitteeSecurity? Security { get; init; }

    /// <summary>In place of <see cref="Security"/>, committees of one size, whatever that is worth.</summary>
    public CommitteeParameters? UnsafeDevelopment { get; init; }

    /// <summary>Rounds in one epoch, at the end of which new committees are drawn. Default 64.</summary>
    public int RoundsPerEpoch { get; init; } = 64;

    /// <summary>Gives each epoch's seed. Default: <see cref="SeededRandomness"/> of 32 zero bytes, predictable by anyone.</summary>
    public IRandomness Randomness { get; init; } = new SeededRandomness(new byte[Digest.Size]);

    /// <summary>Makes a committee's scheme, with the key of a member or without. Null, the default, for lists of signatures.</summary>
    public Func<Committee, ISigner?, ICertificateScheme>? Schemes { get; init; }

    /// <summary>Where the log is. Default: memory. The engine does not dispose of it.</summary>
    public ILogStorage Log { get; init; } = new MemoryLogStorage();

    /// <summary>
    /// A second place for the log. With it, checkpoints of the state are written there and in <see cref="Log"/> in turn,
    /// and a resume executes only what came after the last one; without it, everything since genesis.
    /// </summary>
    public ILogStorage? OtherLog { get; init; }

    /// <summary>Bytes of rounds in the log after which a checkpoint is begun. Default 256 MiB.</summary>
    public long CheckpointBytes { get; init; } = 1L << 28;

    /// <summary>Threads that work on shards and signatures; 1, the default, is serial. Results do not depend on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>Called for each round that is replayed from the log on opening, in order.</summary>
    public Action<EngineRound>? Replayed { get; init; }

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Rules);
        ArgumentNullException.ThrowIfNull(Cells);
        ArgumentNullException.ThrowIfNull(Log);
        ArgumentNullException.ThrowIfNull(Validators);
        ArgumentNullException.ThrowIfNull(Randomness);
        ArgumentOutOfRangeException.ThrowIfLessThan(RoundsPerEpoch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDegreeOfParallelism, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MicroBlocks, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MicroBlocks, 64);
        ArgumentOutOfRangeException.ThrowIfNegative(MicroBlockMs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MicroBlockMs, 60_000);
        ArgumentOutOfRangeException.ThrowIfNegative(GenesisTimeMs);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueued, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointBytes, 1);
        if (ReferenceEquals(Log, OtherLog)) throw new ArgumentException("Expected another place for the second log, got the same.", nameof(OtherLog));
    }
}
