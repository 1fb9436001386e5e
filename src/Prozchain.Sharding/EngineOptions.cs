using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding;

/// <summary>
/// How an <c>InProcessEngine</c> is set up. A log can only be resumed with the options it was started with,
/// but for <see cref="Verifier"/>, <see cref="Log"/>, <see cref="MaxDegreeOfParallelism"/>, <see cref="Replayed"/>,
/// the signers' whereabouts and the queue bounds of <see cref="Limits"/>.
/// </summary>
public sealed record EngineOptions
{
    /// <summary>The chain: transfers signed for another one are refused.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The balances at genesis, at most 2^64 - 1 in sum, each address once.</summary>
    public required IReadOnlyList<GenesisAccount> Accounts { get; init; }

    /// <summary>The validators; their stake must fill all seats, one ticket costing at least one unit of stake.</summary>
    public required IReadOnlyList<EngineValidator> Validators { get; init; }

    /// <summary>Number of shards, 1 to 1,024. Default 4.</summary>
    public int ShardCount { get; init; } = 4;

    /// <summary>Seats of each shard's committee. Default 4, which is a development network's; see <see cref="Committees.CommitteeParameters"/>.</summary>
    public int SeatsPerCommittee { get; init; } = 4;

    /// <summary>The most seats one validator can hold over all shards; 0, the default, means as many as its stake buys.</summary>
    public int MaxTicketsPerValidator { get; init; }

    /// <summary>Rounds in one epoch, at the end of which new committees are drawn. Default 64.</summary>
    public int RoundsPerEpoch { get; init; } = 64;

    /// <summary>Bounds of blocks and queues.</summary>
    public BlockLimits Limits { get; init; } = new();

    /// <summary>Gives each epoch's seed. Default: <see cref="SeededRandomness"/> of 32 zero bytes, predictable by anyone.</summary>
    public IRandomness Randomness { get; init; } = new SeededRandomness(new byte[Digest.Size]);

    /// <summary>Checks signatures. Default: null, which means a <see cref="P256Verifier"/> of the engine's own.</summary>
    public ISignatureVerifier? Verifier { get; init; }

    /// <summary>Where the log is. Default: memory. The engine does not dispose of it.</summary>
    public ILogStorage Log { get; init; } = new MemoryLogStorage();

    /// <summary>Threads that may work on a round's shards and signatures; 1, the default, is serial. Results do not depend on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>Called for each round that is replayed from the log on opening, in order.</summary>
    public Action<RoundResult>? Replayed { get; init; }
}
