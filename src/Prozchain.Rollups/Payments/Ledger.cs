using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Payments;

/// <summary>
/// Accounts, balances and supplies over a view, metered. Every member answers Applied, or the status that ends the
/// transaction: nothing here undoes anything.
/// </summary>
internal struct Ledger<TView, THash>(TView view, KeyMemo<THash> keys, Meter meter)
    where TView : IStateView
    where THash : IStateHash
{
    private const int AmountSize = 16;

    private readonly TView _view = view;
    private readonly KeyMemo<THash> _keys = keys;
    private Meter _meter = meter;

    public readonly ResourceUse Used => _meter.Used;

    public bool TryCharge(ulong gas, ulong units) => _meter.TryCharge(gas, units);

    /// <summary>An account's record; none of it if it is absent.</summary>
    public readonly TransitionStatus Account(in AccountAddress address, out Digest32 key, out PaymentAccount account, out bool exists)
    {
        key = _keys.Account(address);
        StateReadStatus status = _view.Read(key, out ReadOnlySpan<byte> value);
        account = default;
        exists = status == StateReadStatus.Found;
        if (!exists) return status == StateReadStatus.Absent ? TransitionStatus.Applied : TransitionStatus.MissingState;
        return PaymentAccount.TryRead(value, out account) ? TransitionStatus.Applied : TransitionStatus.CorruptState;
    }

    /// <summary>Writes an account's record.</summary>
    public readonly TransitionStatus SetAccount(in Digest32 key, in PaymentAccount account)
    {
        Span<byte> value = stackalloc byte[PaymentAccount.LongSize];
        return Put(key, value[..account.Write(value)]);
    }

    /// <summary>An amount under a key; 0 if absent.</summary>
    public readonly TransitionStatus Amount(in Digest32 key, out UInt128 amount, out bool exists)
    {
        StateReadStatus status = _view.Read(key, out ReadOnlySpan<byte> value);
        amount = 0;
        exists = status == StateReadStatus.Found;
        if (!exists) return status == StateReadStatus.Absent ? TransitionStatus.Applied : TransitionStatus.MissingState;
        if (value.Length != AmountSize) return TransitionStatus.CorruptState;
        amount = BinaryPrimitives.ReadUInt128LittleEndian(value);
        return TransitionStatus.Applied;
    }

    /// <summary>Takes tokens from an account, or answers InsufficientBalance without effect.</summary>
    public readonly TransitionStatus Debit(in AccountAddress address, uint token, UInt128 amount)
    {
        Digest32 key = _keys.Balance(address, token);
        TransitionStatus status = Amount(key, out UInt128 balance, out _);
        if (status != TransitionStatus.Applied) return status;
        return balance < amount ? TransitionStatus.InsufficientBalance : SetAmount(key, balance - amount);
    }

    /// <summary>Gives tokens to an account, which gets a number if these are its first.</summary>
    public readonly TransitionStatus Credit(in AccountAddress address, uint token, UInt128 amount)
    {
        Digest32 key = _keys.Balance(address, token);
        TransitionStatus status = Amount(key, out UInt128 balance, out bool exists);
        if (status != TransitionStatus.Applied) return status;
        // The supply of a token is bounded, so only a state that no rules led to can overflow.
        if (balance > UInt128.MaxValue - amount) return TransitionStatus.CorruptState;
        if (!exists && (status = Number(address)) != TransitionStatus.Applied) return status;
        return SetAmount(key, balance + amount);
    }

    /// <summary>Changes how much of a token there is: upwards answers BalanceOverflow, downwards CorruptState where that cannot be.</summary>
    public readonly TransitionStatus ChangeSupply(uint token, UInt128 amount, bool isUp)
    {
        Digest32 key = PaymentKeys.Supply<THash>(token);
        TransitionStatus status = Amount(key, out UInt128 supply, out _);
        if (status != TransitionStatus.Applied) return status;
        if (isUp) return supply > UInt128.MaxValue - amount ? TransitionStatus.BalanceOverflow : SetAmount(key, supply + amount);
        return supply < amount ? TransitionStatus.CorruptState : SetAmount(key, supply - amount);
    }

    /// <summary>The bytes under a key; empty if absent.</summary>
    public readonly TransitionStatus Get(in Digest32 key, out ReadOnlySpan<byte> value) =>
        _view.Read(key, out value) == StateReadStatus.Unknown ? TransitionStatus.MissingState : TransitionStatus.Applied;

    public readonly TransitionStatus Put(in Digest32 key, ReadOnlySpan<byte> value) =>
        _view.Write(key, value) ? TransitionStatus.Applied : TransitionStatus.MissingState;

    public readonly TransitionStatus SetAmount(in Digest32 key, UInt128 amount)
    {
        Span<byte> value = stackalloc byte[AmountSize];
        BinaryPrimitives.WriteUInt128LittleEndian(value, amount);
        return Put(key, value);
    }

    private readonly TransitionStatus Number(in AccountAddress address)
    {
        TransitionStatus status = Account(address, out Digest32 key, out _, out bool exists);
        if (status != TransitionStatus.Applied || exists) return status;
        var countKey = new Digest32(TreeHash<THash>.Hash(PaymentKeys.CountTag, default));
        status = Get(countKey, out ReadOnlySpan<byte> value);
        if (status != TransitionStatus.Applied) return status;
        if (!value.IsEmpty && value.Length != sizeof(ulong)) return TransitionStatus.CorruptState;
        ulong count = value.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(value);
        Span<byte> number = stackalloc byte[sizeof(ulong)], name = stackalloc byte[AccountAddress.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(number, count);
        address.CopyTo(name);
        status = Put(new Digest32(TreeHash<THash>.Hash(PaymentKeys.IndexTag, number)), name);
        if (status != TransitionStatus.Applied) return status;
        BinaryPrimitives.WriteUInt64LittleEndian(number, count + 1);
        status = Put(countKey, number);
        return status != TransitionStatus.Applied ? status : SetAccount(key, new PaymentAccount(0, count, default));
    }
}
