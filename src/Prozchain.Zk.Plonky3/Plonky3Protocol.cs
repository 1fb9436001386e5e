namespace Prozchain.Zk.Plonky3;

/// <summary>Which of the peer's two univariate protocols a proof follows; they differ in transcript and layout.</summary>
public enum Plonky3Protocol
{
    /// <summary>One table without lookups: uni-stark.</summary>
    Single,

    /// <summary>Any number of tables of any heights, with lookups between them: batch-stark.</summary>
    Batch,
}
