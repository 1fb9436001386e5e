using System.Buffers.Binary;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Transcripts;

/// <summary>The bytes of one challenge: block i is H(3 ‖ seed ‖ i), i in 8 bytes little-endian.</summary>
internal ref struct ChallengeStream<THash> : IUniformSource where THash : struct, IDigest<THash>
{
    private const byte BlockTag = 3;

    private readonly ReadOnlySpan<byte> _seed;
    private Block _block;
    private ulong _next;
    private int _used = DigestGuard.Size;

    public ChallengeStream(ReadOnlySpan<byte> seed) => _seed = seed;

    public void Fill(scoped Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_used == DigestGuard.Size) Refill();
            int take = Math.Min(destination.Length, DigestGuard.Size - _used);
            ((ReadOnlySpan<byte>)_block)[_used..(_used + take)].CopyTo(destination);
            destination = destination[take..];
            _used += take;
        }
    }

    private void Refill()
    {
        Span<byte> input = stackalloc byte[1 + DigestGuard.Size + sizeof(ulong)];
        input[0] = BlockTag;
        _seed.CopyTo(input[1..]);
        BinaryPrimitives.WriteUInt64LittleEndian(input[(1 + DigestGuard.Size)..], _next++);
        THash.Hash(input, _block);
        _used = 0;
    }

    [System.Runtime.CompilerServices.InlineArray(DigestGuard.Size)]
    private struct Block
    {
        private byte _first;
    }
}
