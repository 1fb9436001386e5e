using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// The numbers 0 to n - 1 in a random order that the seed fixes: a Fisher-Yates shuffle that stores only what it
/// has touched. Random words are SHA-256(seed || counter), four 64-bit little-endian words per counter
/// (64-bit little-endian, from 0); a word that would favour a residue is thrown away.
/// </summary>
internal sealed class DistinctDraw(ReadOnlySpan<byte> seed, int population)
{
    private readonly byte[] _seed = seed.ToArray();
    private readonly byte[] _block = new byte[SHA256.HashSizeInBytes];
    private readonly Dictionary<int, int> _moved = [];
    private ulong _words;
    private int _drawn;

    public bool TryNext(out int number)
    {
        if (_drawn == population) { number = 0; return false; }
        int at = _drawn + Below(population - _drawn);
        number = _moved.GetValueOrDefault(at, at);
        _moved[at] = _moved.GetValueOrDefault(_drawn, _drawn);
        _moved.Remove(_drawn++);
        return true;
    }

    private int Below(int bound)
    {
        ulong excess = (ulong.MaxValue % (ulong)bound + 1) % (ulong)bound;
        while (true)
        {
            ulong word = NextWord();
            if (word <= ulong.MaxValue - excess) return (int)(word % (ulong)bound);
        }
    }

    private ulong NextWord()
    {
        int at = (int)(_words % 4);
        if (at == 0)
        {
            Span<byte> input = stackalloc byte[Sampler.SeedSize + sizeof(ulong)];
            _seed.CopyTo(input);
            BinaryPrimitives.WriteUInt64LittleEndian(input[Sampler.SeedSize..], _words / 4);
            SHA256.HashData(input, _block);
        }
        _words++;
        return BinaryPrimitives.ReadUInt64LittleEndian(_block.AsSpan(8 * at));
    }
}
