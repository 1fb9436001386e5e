using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Shared;

namespace Prozchain.Rollups.Payments;

/// <summary>
/// Remembers the state's keys of recently used accounts and balances: a hash costs as much as the rest of a payment.
/// Those of many payments to come are hashed at once. Bounded: one slot per hash of an input, the newest wins.
/// Allocates nothing after construction. What a numbered rollup keeps in an account's record needs no key of its own.
/// </summary>
internal sealed class KeyMemo<THash> where THash : IStateHash
{
    private const int Most = 64, AccountInput = AccountAddress.Size, BalanceInput = AccountAddress.Size + sizeof(uint);

    private readonly Slot[] _slots;
    private readonly int _shift;
    private readonly int[] _wanted = new int[Most];
    private readonly Slot[] _pending = new Slot[Most];
    private readonly byte[] _inputs = new byte[Most * BalanceInput], _digests = new byte[Most * Bytes32.Size];
    private int _pendingCount;

    public KeyMemo(int capacity, AccountLayout layout)
    {
        if (!BitOperations.IsPow2(capacity) || capacity < 2) throw new ArgumentException($"Expected a power of two from 2 on, got {capacity}.", nameof(capacity));
        _slots = new Slot[capacity];
        _shift = 64 - BitOperations.Log2((uint)capacity);
        Layout = layout;
    }

    public AccountLayout Layout { get; }

    /// <summary>Of the account's record, or of the entry of a numbered rollup's directory.</summary>
    public Digest32 Account(in AccountAddress address) => Get(PaymentKeys.AccountTag, address, 0);

    public Digest32 Balance(in AccountAddress address, uint token) => Get(PaymentKeys.BalanceTag, address, token);

    /// <summary>Says that the key will be asked for. It is there after the next flush, unless something else took its slot.</summary>
    public void Want(byte tag, in AccountAddress address, uint token)
    {
        if (Layout == AccountLayout.Numbered && (tag == PaymentKeys.AccountTag ? address.Scheme == AccountAddress.NumberScheme : token == 0)) return;
        int at = SlotOf(tag, address, token);
        if (_slots[at].Is(tag, address, token)) return;
        if (_pendingCount == Most) Flush();
        _pending[_pendingCount] = new Slot { Tag = tag, Address = address, Token = token };
        _wanted[_pendingCount++] = at;
    }

    public void Flush()
    {
        Flush(PaymentKeys.AccountTag, AccountInput);
        Flush(PaymentKeys.BalanceTag, BalanceInput);
        _pendingCount = 0;
    }

    private Digest32 Get(byte tag, in AccountAddress address, uint token)
    {
        ref Slot slot = ref _slots[SlotOf(tag, address, token)];
        if (slot.Is(tag, address, token)) return slot.Key;
        Span<byte> input = stackalloc byte[BalanceInput];
        address.CopyTo(input);
        BinaryPrimitives.WriteUInt32LittleEndian(input[AccountInput..], token);
        slot = new Slot { Tag = tag, Address = address, Token = token, Key = new Digest32(TreeHash<THash>.Hash(tag, input[..(tag == PaymentKeys.AccountTag ? AccountInput : BalanceInput)])) };
        return slot.Key;
    }

    private void Flush(byte tag, int length)
    {
        int count = 0;
        for (int i = 0; i < _pendingCount; i++)
        {
            if (_pending[i].Tag != tag) continue;
            Span<byte> input = _inputs.AsSpan(count++ * length);
            _pending[i].Address.CopyTo(input);
            if (length == BalanceInput) BinaryPrimitives.WriteUInt32LittleEndian(input[AccountInput..], _pending[i].Token);
        }
        if (count == 0) return;
        THash.HashMany(tag, _inputs.AsSpan(0, count * length), length, _digests.AsSpan(0, count * Bytes32.Size));
        for (int i = 0, at = 0; i < _pendingCount; i++)
            if (_pending[i].Tag == tag) _slots[_wanted[i]] = _pending[i] with { Key = new Digest32(_digests.AsSpan(at++ * Bytes32.Size, Bytes32.Size)) };
    }

    private int SlotOf(byte tag, in AccountAddress address, uint token)
    {
        // A number is in the first bytes, and zeros behind it.
        ReadOnlySpan<byte> digest = address.Digest.Span;
        ulong mix = BinaryPrimitives.ReadUInt64LittleEndian(digest) * 0x165667B19E3779F9UL + BinaryPrimitives.ReadUInt64LittleEndian(digest[8..]) + tag * 0x9E3779B97F4A7C15UL + token * 0xC2B2AE3D27D4EB4FUL;
        return (int)(mix * 0x9E3779B97F4A7C15UL >> _shift);
    }

    private record struct Slot
    {
        public AccountAddress Address;
        public uint Token;
        public byte Tag;
        public Digest32 Key;

        public readonly bool Is(byte tag, in AccountAddress address, uint token) => Tag == tag && Token == token && Address == address;
    }
}
