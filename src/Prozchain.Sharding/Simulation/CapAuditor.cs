using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// Follows the final blocks of all shards, each from the first node that has it, and finds value beyond the cap that left
/// a shard, or came into one, out of blocks that are not attested there; and attestations of blocks that are none.
/// </summary>
internal sealed class CapAuditor(ulong cap) : IShardAuditor
{
    private readonly Dictionary<ShardId, List<Digest>> _blocks = [];
    private readonly Dictionary<(ShardId At, ChannelId Channel), List<(ulong Height, ulong Value)>> _unattested = [];

    private string? _fault;

    public int Attested { get; private set; }

    public int AtCap { get; private set; }

    public string? OnFinal(FinalBlock block, ShardCut state)
    {
        Follow(block.Block, block.Body, block.Step);
        return _fault;
    }

    private void Follow(MicroBlock block, ShardBody body, ShardStep step)
    {
        ShardId at = block.Header.Shard;
        if (!_blocks.TryGetValue(at, out List<Digest>? chain)) _blocks.Add(at, chain = []);
        chain.Add(block.Hash);
        foreach (AttestationCertificate certificate in body.Attested) Release(at, certificate.Statement);
        for (int i = 0; i < body.Bundles.Count; i++)
            if (step.Bundles[i] == ChannelResult.Applied) Count(at, body.Bundles[i].Bundle!);
        foreach (SentReceipt sent in step.Sent)
            if (sent.Kind == ReceiptKind.Bundle && ChannelBundle.TryRead(sent.Encoding.Span, out ChannelBundle? bundle) == ReadResult.Ok) Count(at, bundle!);
    }

    private void Release(ShardId at, in Attestation statement)
    {
        if (statement.Shard == at) Attested++;
        if (!_blocks.TryGetValue(statement.Shard, out List<Digest>? chain) || (ulong)chain.Count <= statement.LastHeight || chain[(int)statement.LastHeight] != statement.Header)
            _fault ??= $"Expected an attestation of final blocks of shard {statement.Shard}, got one up to {statement.LastHeight} of others.";
        foreach (((ShardId At, ChannelId Channel) key, List<(ulong Height, ulong Value)> sent) in _unattested)
        {
            ulong last = statement.LastHeight;
            if (key.At == at && key.Channel.Source == statement.Shard) sent.RemoveAll(entry => entry.Height <= last);
        }
    }

    private void Count(ShardId at, ChannelBundle bundle)
    {
        if (cap == ulong.MaxValue) return;
        if (!_unattested.TryGetValue((at, bundle.Channel), out List<(ulong Height, ulong Value)>? sent)) _unattested.Add((at, bundle.Channel), sent = []);
        sent.Add((bundle.SourceHeight, bundle.Value));
        UInt128 sum = 0;
        foreach ((_, ulong value) in sent) sum += value;
        if (sum > cap) _fault ??= $"Expected at most {cap} out of blocks of shard {bundle.Channel.Source} that are not attested at shard {at}, got {sum} to {bundle.Channel.Destination}.";
        if (sum >= cap - cap / 10) AtCap++;
    }
}
