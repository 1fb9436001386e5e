using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Hashing;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Challengers;

/// <summary>
/// A duplex sponge over a permutation, of which all but eight elements are rate. Elements absorbed overwrite the rate,
/// the rest of it becomes zero, and their number is added to the first element of the capacity. Output is read from the end.
/// </summary>
internal sealed class DuplexChallenger<TField, TExt>(FieldPermutation<TField> permutation) : Challenger<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    private readonly int _rate = permutation.Width - SpongeHash<TField>.DigestLength;
    private TField[] _state = new TField[permutation.Width], _pending = new TField[permutation.Width - SpongeHash<TField>.DigestLength];
    private int _absorbed, _unread;

    public override void Absorb(TField value)
    {
        _unread = 0;
        _pending[_absorbed++] = value;
        if (_absorbed == _rate) Permute();
    }

    public override void Absorb(ReadOnlySpan<Bytes32> cap)
    {
        Span<TField> elements = stackalloc TField[SpongeHash<TField>.DigestLength];
        foreach (ref readonly Bytes32 digest in cap)
        {
            SpongeHash<TField>.Unpack(in digest, elements);
            foreach (TField element in elements) Absorb(element);
        }
    }

    public override TField SampleField()
    {
        if (_absorbed > 0 || _unread == 0) Permute();
        return _state[--_unread];
    }

    public override int SampleBits(int count) => (int)(FieldWord<TField>.ToInteger(SampleField()) & ((1u << count) - 1));

    public override Challenger<TField, TExt> Clone()
    {
        var clone = (DuplexChallenger<TField, TExt>)MemberwiseClone();
        (clone._state, clone._pending) = ((TField[])_state.Clone(), (TField[])_pending.Clone());
        return clone;
    }

    private void Permute()
    {
        if (_absorbed > 0)
        {
            _pending.AsSpan(0, _absorbed).CopyTo(_state);
            _state.AsSpan(_absorbed, _rate - _absorbed).Clear();
            _state[_rate] += TField.FromUInt64((ulong)_absorbed);
            _absorbed = 0;
        }
        permutation.Permute(_state);
        _unread = _rate;
    }
}
