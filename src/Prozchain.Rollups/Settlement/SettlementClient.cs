using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Settlement;

/// <summary>Signs and sends one party's calls, and keeps their numbers.</summary>
internal sealed class SettlementClient
{
    private readonly RollupNode _node;
    private readonly ISigner _signer;
    private long _sequence;

    public SettlementClient(RollupNode node, ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(signer);
        _node = node;
        _signer = signer;
        Address = AccountAddress.FromP256Key(signer.PublicKey.Span);
        if (node.Settlement.FindActor(Address) is null) throw new ArgumentException($"Expected an actor of the genesis, got {Address}.", nameof(signer));
    }

    public AccountAddress Address { get; }

    /// <summary>Units that no bond holds and that no call sent since the last synchronisation will take.</summary>
    public ulong Free { get; private set; }

    /// <summary>Brings the node up to the head of the log, which holds all calls sent so far.</summary>
    public async ValueTask<Derivation.SyncReport> SyncAsync(CancellationToken cancellationToken)
    {
        Derivation.SyncReport report = await _node.SyncAsync(progress: null, cancellationToken).ConfigureAwait(false);
        ActorStanding standing = _node.Settlement.FindActor(Address)!.Value;
        (_sequence, Free) = (standing.NextSequence, standing.Free);
        return report;
    }

    public async ValueTask SendAsync(SettlementPayload payload, ulong bond, CancellationToken cancellationToken)
    {
        byte[] call = SettlementCall.Encode(_signer, _node.Genesis.Digest, _sequence, payload);
        await _node.Log.AppendAsync(call, cancellationToken).ConfigureAwait(false);
        _sequence++;
        Free -= bond;
    }
}
