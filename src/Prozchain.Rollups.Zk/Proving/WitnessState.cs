using System.Buffers.Binary;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.State;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The part of a state that a batch touches, as the segments so far leave it.</summary>
/// <typeparam name="TPermutation">The permutation of the state's hash.</typeparam>
/// <param name="state">The part.</param>
internal sealed class WitnessState<TPermutation>(IStateView state) : ISegmentState where TPermutation : struct, IPermutation<F>
{
    private const int AmountSize = 16;

    private readonly SortedSet<Digest32> _touched = [];

    /// <summary>Ok, or why what was read is not to be relied on.</summary>
    public TracerResult Result { get; private set; }

    /// <summary>How many accounts there are.</summary>
    public uint Accounts
    {
        get
        {
            ReadOnlySpan<byte> value = Read(CountKey, sizeof(ulong));
            ulong count = value.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(value);
            return count < AccountAddress.MaxNumber ? (uint)count : (uint)Fail();
        }
    }

    private static Digest32 CountKey { get; } = PaymentKeys.Accounts<PoseidonTree<TPermutation>>();

    /// <inheritdoc/>
    public CellState Cell(CellName cell)
    {
        if (!cell.IsHashed)
        {
            PaymentAccount account = Account(cell.A);
            return new(account.Balance, account.Nonce, account.NextKey);
        }
        ReadOnlySpan<byte> value = Read(KeyOf(cell), AmountSize);
        UInt128 amount = value.IsEmpty ? 0 : BinaryPrimitives.ReadUInt128LittleEndian(value);
        return amount < Limbs.Limit ? new(amount, Version: value.IsEmpty ? 0u : 1) : new(Fail());
    }

    /// <inheritdoc/>
    public Eight Key(uint number)
    {
        Digest32 digest = Account(number).KeyDigest;
        Eight key = default;
        for (int i = 0; i < Eight.Length; i++) key[i] = F.FromUInt32(BinaryPrimitives.ReadUInt32LittleEndian(digest.Span[(sizeof(uint) * i)..]));
        return key;
    }

    /// <inheritdoc/>
    public bool TryFind(in Eight key, out uint number)
    {
        ReadOnlySpan<byte> value = Read(Entry(key), sizeof(uint));
        number = value.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(value);
        // No rules lead to an entry of an account that is not there.
        if (!value.IsEmpty && number >= Accounts) number = (uint)Fail();
        return !value.IsEmpty;
    }

    /// <summary>Makes the changes of a segment.</summary>
    public void Write<TCells>(TransactionWriter<TCells> segment) where TCells : struct, IPermutationCells<F>
    {
        if (!segment.Book.IsSound) Fail();
        Span<byte> value = stackalloc byte[PaymentAccount.NumberedSize];
        foreach (LedgerCell cell in segment.Book.Cells)
        {
            CellState end = cell.End;
            if (cell.Name.IsHashed)
            {
                BinaryPrimitives.WriteUInt128LittleEndian(value, end.Value);
                Write(KeyOf(cell.Name), end.Version == 0 ? default : value[..AmountSize]);
            }
            else
            {
                var account = new PaymentAccount(end.Nonce, cell.Name.A, new Digest32(Bytes(segment.KeyOf(cell.Name.A)))) { NextKey = end.Next, Balance = end.Value };
                account.Write(value, AccountLayout.Numbered);
                Write(AccountAddress.FromNumber(cell.Name.A).Digest, value);
            }
        }
        foreach (DirectoryEntry entry in segment.Entries)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(value, entry.Number);
            Write(Entry(entry.Key), entry.IsCreated ? value[..sizeof(uint)] : default);
        }
        BinaryPrimitives.WriteUInt64LittleEndian(value, segment.Now.Accounts);
        Write(CountKey, value[..sizeof(ulong)]);
    }

    /// <summary>Makes the changes so far to another state.</summary>
    public void CopyTo(IStateView other)
    {
        foreach (Digest32 key in _touched)
            if (state.Read(key, out ReadOnlySpan<byte> value) == StateReadStatus.Found) other.Write(key, value);
    }

    /// <summary>Every key touched, with the digest of its leaf now.</summary>
    public StateTouch[] Touches() => [.. _touched.Select(key => new StateTouch(key, Leaf(key)))];

    private Eight Leaf(Digest32 key)
    {
        if (state.Read(key, out ReadOnlySpan<byte> value) != StateReadStatus.Found) return default;
        Span<byte> leaf = stackalloc byte[2 * Digest32.Size], digest = stackalloc byte[Digest32.Size];
        key.Span.CopyTo(leaf);
        PoseidonTree<TPermutation>.HashMany(TreeMessage.Value, value, value.Length, leaf[Digest32.Size..]);
        PoseidonTree<TPermutation>.HashMany(TreeMessage.Leaf, leaf, leaf.Length, digest);
        if (!TreeKey.TryReadDigest(new Digest32(digest), out Eight elements)) Fail();
        return elements;
    }

    private PaymentAccount Account(uint number)
    {
        ReadOnlySpan<byte> value = Read(AccountAddress.FromNumber(number).Digest, PaymentAccount.NumberedSize);
        if (PaymentAccount.TryRead(value, AccountLayout.Numbered, out PaymentAccount account) && account.Index == number) return account;
        Fail();
        return default;
    }

    // Of a length, or nothing where there is none.
    private ReadOnlySpan<byte> Read(in Digest32 key, int length)
    {
        StateReadStatus status = state.Read(key, out ReadOnlySpan<byte> value);
        if (status == StateReadStatus.Unknown) Result = TracerResult.MissingState;
        if (status != StateReadStatus.Found) return default;
        if (value.Length == length) return value;
        Fail();
        return default;
    }

    private void Write(in Digest32 key, ReadOnlySpan<byte> value)
    {
        _touched.Add(key);
        if (!value.IsEmpty && !state.Write(key, value)) Result = TracerResult.MissingState;
    }

    private UInt128 Fail()
    {
        if (Result == TracerResult.Ok) Result = TracerResult.WrongState;
        return 0;
    }

    private static Digest32 KeyOf(CellName cell) => cell.IsSupply ? PaymentKeys.Supply<PoseidonTree<TPermutation>>(cell.B)
        : PaymentKeys.Balance<PoseidonTree<TPermutation>>(AccountAddress.FromNumber(cell.A), cell.B);

    private static Digest32 Entry(in Eight key) => PaymentKeys.Account<PoseidonTree<TPermutation>>(AccountAddress.FromPublicKey([AccountAddress.HashScheme, .. Bytes(key)]));

    private static byte[] Bytes(in Eight key)
    {
        var bytes = new byte[Digest32.Size];
        for (int i = 0; i < Eight.Length; i++) key[i].Write(bytes.AsSpan(sizeof(uint) * i));
        return bytes;
    }
}
