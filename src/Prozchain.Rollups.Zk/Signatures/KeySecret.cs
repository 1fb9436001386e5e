using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Shared;
using Prozchain.Zk.Fields;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Signatures;

/// <summary>
/// All that is secret of a key tree, by a pseudorandom function of 32 bytes: keyed BLAKE3. Other trees of the same seed
/// have another key of the function, so that no two share a chain.
/// </summary>
internal sealed class KeySecret : IDisposable
{
    private const byte ParameterKind = 0, ChainKind = 1, RandomKind = 2, MessageKind = 3;
    private const int IndexAt = 1, ChainAt = IndexAt + sizeof(uint), MostInput = 64;

    private readonly byte[] _key = GC.AllocateArray<byte>(Blake3.DigestSize, pinned: true);

    /// <param name="seed">32 bytes.</param>
    /// <param name="permuted">What the permutation makes of zeros: it tells the hashes apart.</param>
    public KeySecret(ReadOnlySpan<byte> seed, int height, uint number, ReadOnlySpan<F> permuted)
    {
        ReadOnlySpan<byte> tag = "Prozchain hash key v0"u8;
        Span<byte> input = stackalloc byte[tag.Length + 1 + sizeof(uint) + permuted.Length * sizeof(uint)];
        tag.CopyTo(input);
        input[tag.Length] = (byte)height;
        BinaryPrimitives.WriteUInt32LittleEndian(input[(tag.Length + 1)..], number);
        for (int i = 0; i < permuted.Length; i++) permuted[i].Write(input[(tag.Length + 5 + sizeof(uint) * i)..]);
        Blake3.KeyedHash(seed, input, _key);
    }

    public void Parameter(Span<F> parameter) => Draw([ParameterKind], parameter);

    public void ChainStart(uint index, int chain, Span<F> value)
    {
        Span<byte> input = stackalloc byte[ChainAt + 1];
        input[0] = ChainKind;
        BinaryPrimitives.WriteUInt32LittleEndian(input[IndexAt..], index);
        input[ChainAt] = (byte)chain;
        Draw(input, value);
    }

    /// <summary>The randomiser of a message: none can know it before the signature, and the same message has the same.</summary>
    public void Randomiser(uint index, ReadOnlySpan<byte> message, Span<F> random)
    {
        Span<byte> input = stackalloc byte[ChainAt + Blake3.DigestSize];
        Blake3Hasher hasher = Blake3Hasher.Keyed(_key);
        hasher.Update([MessageKind]);
        hasher.Update(message);
        input[0] = RandomKind;
        BinaryPrimitives.WriteUInt32LittleEndian(input[IndexAt..], index);
        hasher.Finish(input[ChainAt..]);
        Draw(input, random);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private void Draw(ReadOnlySpan<byte> input, Span<F> elements)
    {
        Span<byte> counted = stackalloc byte[MostInput], block = stackalloc byte[Blake3.DigestSize];
        input.CopyTo(counted);
        var stream = new Stream(_key, counted[..(input.Length + sizeof(uint))], block);
        for (int i = 0; i < elements.Length; i++) elements[i] = F.Sample(ref stream);
        block.Clear();
    }

    // Blocks of 32 bytes: keyed BLAKE3 of the input and a counter.
    private ref struct Stream(ReadOnlySpan<byte> key, Span<byte> input, Span<byte> block) : IUniformSource
    {
        private readonly ReadOnlySpan<byte> _key = key;
        private readonly Span<byte> _input = input, _block = block;
        private int _used = Blake3.DigestSize;
        private uint _counter;

        public void Fill(scoped Span<byte> destination)
        {
            for (; !destination.IsEmpty; destination = destination[sizeof(uint)..], _used += sizeof(uint))
            {
                if (_used == Blake3.DigestSize)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(_input[^sizeof(uint)..], _counter++);
                    Blake3.KeyedHash(_key, _input, _block);
                    _used = 0;
                }
                _block.Slice(_used, sizeof(uint)).CopyTo(destination);
            }
        }
    }
}
