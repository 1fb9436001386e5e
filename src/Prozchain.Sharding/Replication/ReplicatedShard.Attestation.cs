using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

public sealed partial class ReplicatedShard<TTransition> : IAttestationSource
{
    private const int KeptSeals = 1 << 14;

    private readonly SortedDictionary<ulong, Digest> _seals = [];

    /// <summary>Final blocks that are not attested; null in a network that attests nothing.</summary>
    internal SegmentBook? Segments { get; private set; }

    /// <summary>Attestations that this node has verified.</summary>
    internal AttestationPool Attestations { get; }

    /// <summary>The last height of this shard whose attestation is in a final block; 0 for none.</summary>
    public ulong AttestedHeight { get; private set; }

    bool IAttestationSource.IsFull => Segments is { IsFull: true };

    /// <summary>Attestations that a block on top of another should hold: those that release value there.</summary>
    IEnumerable<AttestationCertificate> IAttestationSource.For(ulong height, ExecutedNode parent)
    {
        foreach (AttestationCertificate certificate in Attestations.Latest)
        {
            Attestation statement = certificate.Statement;
            bool isPossible = statement.Shard != Machine.Shard.Id || (statement.Epoch == _options.Epoch && statement.LastHeight + 1 < height && IsAncestor(statement, parent));
            if (isPossible && Machine.HasUnattested(parent.State, statement.Shard, statement.LastHeight)) yield return certificate;
        }
    }

    internal Ports.ISignatureVerifier Verifier => _options.Verifier;

    internal IReadOnlyList<AttestingCommittee> AttestersOf(in Attestation statement) => _options.Committees.AttestersOf(statement.Shard, statement.Epoch);

    internal void KeepNoSegments()
    {
        Segments = null;
        Machine.KeepsTouched = false;
    }

    private void BeginSegments(in OrderingAnchor anchor, MachineState state)
    {
        if (_options.Committees.AttestersOf(Machine.Shard.Id, _options.Epoch).Count == 0) return;
        Segments = new SegmentBook(state, _options.Cells, Machine.Shard.Prefix, _options.MaxUnattestedBytes);
        Machine.KeepsTouched = true;
    }

    // What voters check of the attestations in a body.
    private bool AreAttested(MicroHeader header, ExecutedNode parent, ShardBody body)
    {
        foreach (AttestationCertificate certificate in body.Attested)
        {
            if (!AttestationRules.IsPossible(certificate.Statement, header) || !Attestations.Verify(certificate)) return false;
            if (certificate.Statement.Shard == Machine.Shard.Id && !IsAncestor(certificate.Statement, parent)) return false;
        }
        return true;
    }

    // A quorum of attesters is believed about a header from before this node's memory.
    private bool IsAncestor(in Attestation statement, ExecutedNode parent)
    {
        ulong height = statement.LastHeight + 1;
        for (ExecutedNode? node = parent; node is not null && node.Height >= height; node = node.Parent)
            if (node.Height == height) return node.Hash == statement.Header;
        return !_seals.TryGetValue(height, out Digest hash) || hash == statement.Header;
    }

    // A quorum may finalize a header that misstates its parent's execution; this node then says nothing more.
    private bool States(MicroHeader header, ExecutedNode parent) =>
        header.ReceiptsRoot == parent.ReceiptsRoot && header.WriteDigest == parent.WriteDigest && (header.StateRoot.IsZero || header.StateRoot == _tree.RootAfter(parent));

    private void Keep(MicroBlock block, MachineState before, ShardStep step, StateWrite[] undo)
    {
        Segments?.Add(block, before, step, undo);
        if (block.Header.StateRoot.IsZero) return;
        _seals[block.Header.Height] = block.Hash;
        if (_seals.Count > KeptSeals) _seals.Remove(_seals.First().Key);
    }

    private void Attested(AttestationCertificate certificate)
    {
        Attestations.Keep(certificate);
        if (certificate.Statement.Shard != Machine.Shard.Id) return;
        AttestedHeight = Math.Max(AttestedHeight, certificate.Statement.LastHeight);
    }
}
