using Prozchain.Shared;
using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

public sealed partial class ShardNode<TTransition>
{
    // Who has sent so many certificates that do not hold is heard no more.
    private const int MaxStrikes = 8;

    private readonly Dictionary<NodeId, int> _strikes = [];
    private AttestationDesk? _attestation;

    /// <summary>Sealed segments that are not attested, as far as this node knows; 0 in a network that attests nothing.</summary>
    public int Unattested => Replica.Segments?.Closed.Count ?? 0;

    private void BeginAttestation(int resendMs)
    {
        // One that only follows hands nothing out.
        if (_options.Member < 0) Replica.KeepNoSegments();
        if (Replica.Segments is { } book && _committees.Find(Self, Epoch, _options.Instance.Id) is { } own)
            _attestation = new AttestationDesk(book, Replica.Attestations, _committees, Replica.Verifier, own, _options.Member, resendMs);
    }

    private void Receive(AttestationMessage type, long nowMs, NodeId from, ref WireReader reader, NodeActions actions)
    {
        switch (type)
        {
            case AttestationMessage.Share:
                _attestation?.OnShare(ref reader, actions);
                break;
            case AttestationMessage.WantSegment:
                _attestation?.OnWantSegment(ref reader, from, nowMs, actions);
                break;
            case AttestationMessage.Certificate:
                reader.TryReadSpan(reader.Remaining, out ReadOnlySpan<byte> bytes);
                OnCertificate(from, bytes);
                break;
        }
    }

    private void OnCertificate(NodeId from, ReadOnlySpan<byte> bytes)
    {
        if (_strikes.GetValueOrDefault(from) >= MaxStrikes || AttestationCertificate.TryRead(bytes, out AttestationCertificate? certificate) != ReadResult.Ok) return;
        Attestation statement = certificate!.Statement;
        if (statement.ChainId != _options.Instance.ChainId || statement.LastHeight <= Replica.Attestations.HeightOf(statement.Shard)) return;
        if (_committees.Find(statement.Shard, Epoch) is not { } committee) return;
        bool isKnown = committee.Peers.Contains(from) || Replica.AttestersOf(statement).Any(drawn => drawn.Peers.Contains(from));
        if (isKnown && !Replica.Attestations.Verify(certificate)) _strikes[from] = _strikes.GetValueOrDefault(from) + 1;
    }
}
