namespace Prozchain.Sharding.Replication;

/// <content>Signatures of transactions that members pass on are cheapest in batches: they wait for company, a little.</content>
public sealed partial class ShardNode<TTransition>
{
    private const int VerifyEveryMs = 10, VerifyAtOnce = 1024;

    private long _verifyMs = long.MaxValue;

    private void VerifyWaiting(long nowMs)
    {
        int waiting = Replica.Pool.Unverified.Count;
        if (waiting > 0 && _verifyMs == long.MaxValue) _verifyMs = nowMs + VerifyEveryMs;
        if (nowMs < _verifyMs && waiting < VerifyAtOnce) return;
        _verifyMs = long.MaxValue;
        Replica.VerifyWaiting(nowMs);
    }
}
