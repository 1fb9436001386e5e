using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>A claim of what one batch does to the state, as the settlement knows it.</summary>
public sealed class Assertion
{
    internal Assertion(long id, AssertCall call, AccountAddress asserter, long height, long deadline)
    {
        Id = id;
        BatchIndex = call.BatchIndex;
        PreRoot = call.PreRoot;
        PostRoot = call.PostRoot;
        TraceCommitment = call.TraceCommitment;
        TransferCount = call.TransferCount;
        Asserter = asserter;
        Height = height;
        Deadline = deadline;
    }

    /// <summary>Number of the assertion, from 0.</summary>
    public long Id { get; }

    /// <summary>The batch.</summary>
    public long BatchIndex { get; }

    /// <summary>State root before the batch; the post-root of the assertion below.</summary>
    public Digest32 PreRoot { get; }

    /// <summary>State root claimed after it.</summary>
    public Digest32 PostRoot { get; }

    /// <summary>Commitment to the state root after each transfer.</summary>
    public Digest32 TraceCommitment { get; }

    /// <summary>Number of transfers, as posted.</summary>
    public int TransferCount { get; }

    /// <summary>Who claims it.</summary>
    public AccountAddress Asserter { get; }

    /// <summary>Settlement height at which it was made.</summary>
    public long Height { get; }

    /// <summary>Last height at which it can be challenged. Moves on when a dispute about it, or about one below, is won.</summary>
    public long Deadline { get; internal set; }

    /// <summary>How far it has come.</summary>
    public AssertionStatus Status { get; internal set; }

    /// <summary>Number of disputes going on about it.</summary>
    public int OpenDisputes { get; internal set; }

    internal void Write(WireWriter writer)
    {
        writer.WriteUInt64((ulong)Id);
        writer.WriteUInt64((ulong)BatchIndex);
        writer.WriteBytes32(PreRoot.Value);
        writer.WriteBytes32(PostRoot.Value);
        writer.WriteBytes32(TraceCommitment.Value);
        writer.WriteBytes32(Asserter.Digest.Value);
        writer.WriteUInt64((ulong)Height);
        writer.WriteUInt64((ulong)Deadline);
        writer.WriteByte((byte)Status);
    }
}
