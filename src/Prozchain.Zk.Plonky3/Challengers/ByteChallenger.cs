using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Wire;
using Keccak = Prozchain.Zk.Hashing.Keccak256;

namespace Prozchain.Zk.Plonky3.Challengers;

/// <summary>
/// A chain of Keccak-256: sampling hashes everything absorbed since the last hash, that hash first, and hands out its
/// bytes from the end. Absorbing throws away what was not handed out.
/// </summary>
internal sealed class ByteChallenger<TField, TExt> : Challenger<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    private byte[] _input = new byte[256];
    private int _length, _unread;

    public override void Absorb(TField value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Extend(sizeof(uint)), FieldWord<TField>.Of(value));
    }

    public override void Absorb(ReadOnlySpan<Bytes32> cap)
    {
        foreach (ref readonly Bytes32 digest in cap) digest.Span.CopyTo(Extend(Bytes32.Size));
    }

    public override TField SampleField()
    {
        while (true)
            if (FieldWord<TField>.TryFromInteger(SampleWord() & 0x7FFF_FFFF, out TField value)) return value;
    }

    public override int SampleBits(int count) => (int)(SampleWord() & ((1u << count) - 1));

    public override Challenger<TField, TExt> Clone()
    {
        var clone = (ByteChallenger<TField, TExt>)MemberwiseClone();
        clone._input = (byte[])_input.Clone();
        return clone;
    }

    // Between hashes, the last hash is the input's start, and its first bytes are those still unread.
    private uint SampleWord()
    {
        uint word = 0;
        for (int i = 0; i < sizeof(uint); i++)
        {
            if (_unread == 0)
            {
                Keccak.Hash(_input.AsSpan(0, _length), _input);
                _length = _unread = Bytes32.Size;
            }
            word |= (uint)_input[--_unread] << (8 * i);
        }
        return word;
    }

    private Span<byte> Extend(int count)
    {
        _unread = 0;
        if (_input.Length < _length + count) Array.Resize(ref _input, 2 * (_length + count));
        _length += count;
        return _input.AsSpan(_length - count, count);
    }
}
