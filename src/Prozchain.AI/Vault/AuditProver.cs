using System.Buffers;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>Answers challenges from what a shard has (docs/formats/ai-audit.md, version 1).</summary>
public static class AuditProver
{
    /// <summary>Reads the sampled pieces, checks them and puts the answer together.</summary>
    /// <param name="challenge">The challenge.</param>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="store">The shard's pieces.</param>
    /// <param name="cancellationToken">Ends the call early: the window's end, for one.</param>
    /// <exception cref="ArgumentException">The manifest has another audit root than the challenge.</exception>
    public static async ValueTask<AuditProof> AnswerAsync(
        AuditChallenge challenge, ModelManifest manifest, IPieceStore store, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(challenge);
        ArgumentNullException.ThrowIfNull(store);
        AuditSample[] samples = challenge.Draw(manifest);
        var answer = new ArrayBufferWriter<byte>(1 + AuditTerms.Size + samples.Length * 3 * 1024);
        WriteTerms(answer, manifest.AuditTerms);
        var missing = new List<AuditSample>();
        int total = manifest.Geometry.TotalPieces;
        int longest = samples.Length == 0 ? 0 : samples.Max(s => PieceFrame.SizeOf(manifest.Geometry.PieceLength(s.Stripe), total, s.Piece));
        byte[] frame = ArrayPool<byte>.Shared.Rent(longest);
        // The tree over the stripes, made once for all samples.
        var tree = new StripeTree(manifest.StripeLeaves);
        try
        {
            foreach (AuditSample sample in samples)
            {
                int length = PieceFrame.SizeOf(manifest.Geometry.PieceLength(sample.Stripe), total, sample.Piece);
                if (await ReadAsync(store, manifest.KeyOf(sample.Stripe, sample.Piece), frame.AsMemory(0, length), cancellationToken).ConfigureAwait(false)
                    && TryWrite(answer, manifest, sample, frame.AsSpan(0, length), tree)) continue;
                missing.Add(sample);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
        return new AuditProof(missing.Count > 0 ? default : answer.WrittenMemory, missing);
    }

    private static async ValueTask<bool> ReadAsync(IPieceStore store, PieceKey key, Memory<byte> frame, CancellationToken cancellationToken)
    {
        try
        {
            return await store.GetAsync(key, frame, cancellationToken).ConfigureAwait(false) == frame.Length;
        }
        catch (Exception e) when (ShardCalls.IsOutage(e))
        {
            return false;
        }
    }

    private static void WriteTerms(ArrayBufferWriter<byte> output, in AuditTerms terms)
    {
        Span<byte> bytes = output.GetSpan(1 + AuditTerms.Size);
        bytes[0] = AuditAnswer.Version;
        terms.Write(bytes[1..]);
        output.Advance(1 + AuditTerms.Size);
    }

    private static bool TryWrite(ArrayBufferWriter<byte> output, ModelManifest manifest, AuditSample sample, ReadOnlySpan<byte> frame, StripeTree tree)
    {
        StoredStripe stripe = manifest.Geometry.Stripe(sample.Stripe);
        int total = manifest.Geometry.TotalPieces, prefix = PieceFrame.PrefixSize(total, sample.Piece);
        ReadOnlySpan<byte> piece = frame[prefix..];
        Span<Bytes32> chunkPath = stackalloc Bytes32[ChunkPath.PathLength(piece.Length, sample.Chunk)];
        Span<Bytes32> piecePath = stackalloc Bytes32[(prefix - PieceFrame.HeaderSize) / Bytes32.Size];
        Bytes32 digest = ChunkPath.Make(piece, sample.Chunk, chunkPath);
        PieceFrame.ReadPath(frame, piecePath);
        if (!MerkleTree<AuditTree>.Verify(stripe.PieceRoot, total, sample.Piece, digest, piecePath)) return false;
        var writer = new WireWriter(output);
        writer.WriteUInt32((uint)piece.Length);
        writer.WriteSpan(piece.Slice(sample.Chunk * ChunkPath.ChunkSize, ChunkPath.LengthOf(piece.Length, sample.Chunk)));
        foreach (Bytes32 sibling in chunkPath) writer.WriteBytes32(sibling);
        foreach (Bytes32 sibling in piecePath) writer.WriteBytes32(sibling);
        tree.WritePath(writer, sample.Stripe);
        return true;
    }

    /// <summary>All nodes of the tree over the stripes, as the paths of many need them.</summary>
    private sealed class StripeTree
    {
        private readonly Dictionary<(int First, int Count), Bytes32> _nodes = [];
        private readonly int _count;

        public StripeTree(ReadOnlySpan<Bytes32> leaves)
        {
            _count = leaves.Length;
            if (_count > 0) Add(leaves, 0);
        }

        public void WritePath(WireWriter writer, int index)
        {
            Span<Bytes32> path = stackalloc Bytes32[MerkleTree<AuditTree>.ProofLength(_count, index)];
            (int first, int count, int at) = (0, _count, path.Length);
            while (count > 1)
            {
                int split = Split(count);
                bool left = index < first + split;
                path[--at] = _nodes[left ? (first + split, count - split) : (first, split)];
                (first, count) = left ? (first, split) : (first + split, count - split);
            }
            foreach (Bytes32 sibling in path) writer.WriteBytes32(sibling);
        }

        private Bytes32 Add(ReadOnlySpan<Bytes32> leaves, int first)
        {
            int split = leaves.Length > 1 ? Split(leaves.Length) : 0;
            Bytes32 node = split == 0 ? leaves[0] : AuditTree.Inner(Add(leaves[..split], first), Add(leaves[split..], first + split));
            _nodes[(first, leaves.Length)] = node;
            return node;
        }

        private static int Split(int count) => 1 << (31 - System.Numerics.BitOperations.LeadingZeroCount((uint)(count - 1)));
    }
}
