using System.Buffers;
using System.Diagnostics;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Shared;

namespace Prozchain.Rollups;

/// <summary>
/// The settlement of one rollup as a pure state machine over the settlement log: whoever applies the same calls at the
/// same heights gets the same state. Keeps the chain of batches, assertions with their bonds, and disputes
/// (docs/formats/rollups-settlement.md). Not thread-safe.
/// </summary>
public sealed class SettlementContract
{
    private readonly ISignatureVerifier _verifier;
    private readonly SettlementEngine _engine;

    /// <summary>The settlement before its first call, at height 0.</summary>
    public SettlementContract(RollupGenesis genesis, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        ArgumentNullException.ThrowIfNull(verifier);
        Genesis = genesis;
        _verifier = verifier;
        _engine = new SettlementEngine(genesis, verifier);
    }

    /// <summary>What the rollup started from.</summary>
    public RollupGenesis Genesis { get; }

    /// <summary>The height reached.</summary>
    public long Height => _engine.Height;

    /// <summary>Number of batches posted; the next one gets this index.</summary>
    public long BatchCount => _engine.Batches.Count;

    /// <summary>Number of batches with an assertion that is not rejected; the batch to assert next.</summary>
    public long AssertedCount => _engine.Assertions.LineLength;

    /// <summary>Number of batches whose assertion is final.</summary>
    public long FinalCount => _engine.Assertions.FinalCount;

    /// <summary>The last final state root; the genesis's if none is final.</summary>
    public Digest32 FinalRoot => _engine.Assertions.FinalRoot;

    /// <summary>Units burned so far.</summary>
    public ulong Burned => _engine.Bonds.Burned;

    /// <summary>Free, bonded and burned units: always the sum of all deposits.</summary>
    public UInt128 TotalUnits => _engine.Bonds.Total;

    /// <summary>Disputes going on, the oldest first. A live view.</summary>
    public IReadOnlyList<Dispute> OpenDisputes => _engine.Disputes.Open;

    /// <summary>A batch posted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not below <see cref="BatchCount"/>.</exception>
    public BatchPosting GetBatch(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, BatchCount);
        return _engine.Batches[(int)index];
    }

    /// <summary>An assertion by its number; null if there is none.</summary>
    public Assertion? FindAssertion(long id) => _engine.Assertions.Find(id);

    /// <summary>The assertion on a batch that is not rejected; null if there is none.</summary>
    public Assertion? AssertionOn(long batchIndex) => _engine.Assertions.OnLine(batchIndex);

    /// <summary>A dispute by its number; null if there is none.</summary>
    public Dispute? FindDispute(long id) => _engine.Disputes.Find(id);

    /// <summary>Where a party stands; null if the genesis does not register it.</summary>
    public ActorStanding? FindActor(in AccountAddress actor) => _engine.Bonds.Find(actor);

    /// <summary>Applies one call of the log.</summary>
    /// <param name="height">The call's height, not below <see cref="Height"/>.</param>
    /// <param name="call">Untrusted bytes.</param>
    /// <param name="events">Receives what happened, that which time brought about first.</param>
    /// <exception cref="ArgumentOutOfRangeException">A height in the past.</exception>
    public SettlementResult Apply(long height, ReadOnlyMemory<byte> call, ICollection<SettlementEvent> events)
    {
        AdvanceTo(height, events);
        if (!SettlementCall.TryRead(call, out SettlementCall? read) || read is null) return SettlementResult.Malformed;
        if (_engine.Bonds.Find(read.Actor) is not { } actor) return SettlementResult.UnknownActor;
        if (read.Sequence != actor.NextSequence) return SettlementResult.WrongSequence;
        if (!read.Verify(Genesis.Digest, _verifier)) return SettlementResult.BadSignature;
        _engine.Bonds.CountCall(read.Actor);
        return read.Payload switch
        {
            PostBatchCall post => _engine.PostBatch(post, actor, events),
            AssertCall assert => _engine.Assert(assert, read.Actor, events),
            ChallengeCall challenge => _engine.Challenge(challenge, read.Actor, events),
            BisectCall bisect => _engine.Bisect(bisect, read.Actor, events),
            RespondCall respond => _engine.Respond(respond, read.Actor, events),
            ProveStepCall prove => _engine.ProveStep(prove, events),
            _ => throw new UnreachableException("A payload of no known kind was read."),
        };
    }

    /// <summary>Lets time pass: deadlines up to a height take effect, each at its own height, as if nothing else happened meanwhile.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A height in the past.</exception>
    public void AdvanceTo(long height, ICollection<SettlementEvent> events) => _engine.AdvanceTo(height, events);

    /// <summary>Keccak-256 over the whole state: equal on all replicas.</summary>
    public Digest32 StateDigest()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteBytes32(Genesis.Digest.Value);
        writer.WriteUInt64((ulong)Height);
        writer.WriteUInt64((ulong)_engine.Batches.Count);
        foreach (BatchPosting batch in _engine.Batches)
        {
            writer.WriteBytes32(batch.DataCommitment.Value);
            writer.WriteBytes32(batch.DataHash.Value);
            writer.WriteUInt32((uint)batch.Length);
            writer.WriteUInt32((uint)batch.TransferCount);
            writer.WriteUInt64((ulong)batch.Height);
        }
        _engine.Bonds.Write(writer);
        _engine.Assertions.Write(writer);
        _engine.Disputes.Write(writer);
        return new Digest32(Hashing.Keccak(output.WrittenSpan));
    }
}
