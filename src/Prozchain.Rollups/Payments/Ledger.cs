using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Payments;

/// <summary>
/// Accounts, balances and supplies over a view, metered, in either layout. Every member answers Applied, or the status that
/// ends the transaction: nothing here undoes anything, and nothing is kept between calls, as two names may be one account.
/// </summary>
internal struct Ledger<TView, THash>(TView view, KeyMemo<THash> keys, Meter meter)
    where TView : IStateView
    where THash : IStateHash
{
    private const int AmountSize = 16;

    private readonly TView _view = view;
    private readonly KeyMemo<THash> _keys = keys;
    private readonly AccountLayout _layout = keys.Layout;
    private Meter _meter = meter;

    public readonly ResourceUse Used => _meter.Used;

    public bool TryCharge(ulong gas, ulong units) => _meter.TryCharge(gas, units);

    // Numbered, no sum of what there is can pass it.
    private readonly UInt128 Most => _layout == AccountLayout.Numbered ? NumberedLimits.MostAmount : UInt128.MaxValue;

    /// <summary>An account's record and where it is; none of it if it is absent. Numbered, the address is an alias or a key of scheme 3.</summary>
    public readonly TransitionStatus Account(in AccountAddress address, out Digest32 key, out PaymentAccount account, out bool exists)
    {
        if (_layout == AccountLayout.Numbered) return Numbered(address, out key, out account, out exists);
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
        Span<byte> value = stackalloc byte[PaymentAccount.NumberedSize];
        return Put(key, value[..account.Write(value, _layout)]);
    }

    /// <summary>Gives an account, which is there, another key.</summary>
    public readonly TransitionStatus ReplaceKey(in AccountAddress address, in Digest32 digest)
    {
        TransitionStatus status = Account(address, out Digest32 key, out PaymentAccount account, out bool exists);
        if (status != TransitionStatus.Applied) return status;
        return exists ? SetAccount(key, account.WithKey(address, digest, _layout)) : TransitionStatus.CorruptState;
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

    /// <summary>Takes tokens from an account, or answers InsufficientBalance without effect. Numbered, the address is an alias.</summary>
    public readonly TransitionStatus Debit(in AccountAddress address, uint token, UInt128 amount)
    {
        TransitionStatus status;
        if (_layout == AccountLayout.Numbered && token == 0)
        {
            status = Account(address, out Digest32 place, out PaymentAccount account, out _);
            if (status != TransitionStatus.Applied) return status;
            return account.Balance < amount ? TransitionStatus.InsufficientBalance : SetAccount(place, account with { Balance = account.Balance - amount });
        }
        Digest32 key = _keys.Balance(address, token);
        status = Amount(key, out UInt128 balance, out _);
        if (status != TransitionStatus.Applied) return status;
        return balance < amount ? TransitionStatus.InsufficientBalance : SetAmount(key, balance - amount);
    }

    /// <summary>Gives tokens to an account, which gets a number if these are its first; UnknownRecipient where there is none and none can be made.</summary>
    public readonly TransitionStatus Credit(in AccountAddress address, uint token, UInt128 amount)
    {
        TransitionStatus status;
        Digest32 key;
        // The supply of a token is bounded, so only a state that no rules led to can overflow.
        if (_layout == AccountLayout.Numbered)
        {
            status = Account(address, out key, out PaymentAccount account, out bool isThere);
            if (status == TransitionStatus.Applied && !isThere) status = Create(address, out key, out account);
            if (status != TransitionStatus.Applied) return status;
            if (token == 0) return account.Balance > Most - amount ? TransitionStatus.CorruptState : SetAccount(key, account with { Balance = account.Balance + amount });
            key = _keys.Balance(AccountAddress.FromNumber((uint)account.Index), token);
            status = Amount(key, out UInt128 held, out _);
            return status != TransitionStatus.Applied ? status : held > Most - amount ? TransitionStatus.CorruptState : SetAmount(key, held + amount);
        }
        key = _keys.Balance(address, token);
        status = Amount(key, out UInt128 balance, out bool exists);
        if (status != TransitionStatus.Applied) return status;
        if (balance > Most - amount) return TransitionStatus.CorruptState;
        if (!exists && (status = Number(address)) != TransitionStatus.Applied) return status;
        return SetAmount(key, balance + amount);
    }

    /// <summary>Changes how much of a token there is: upwards answers BalanceOverflow, downwards CorruptState where that cannot be.</summary>
    public readonly TransitionStatus ChangeSupply(uint token, UInt128 amount, bool isUp)
    {
        Digest32 key = PaymentKeys.Supply<THash>(token);
        TransitionStatus status = Amount(key, out UInt128 supply, out _);
        if (status != TransitionStatus.Applied) return status;
        if (isUp) return amount > Most || supply > Most - amount ? TransitionStatus.BalanceOverflow : SetAmount(key, supply + amount);
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
        status = Count(out Digest32 countKey, out ulong count);
        if (status != TransitionStatus.Applied) return status;
        Span<byte> number = stackalloc byte[sizeof(ulong)], name = stackalloc byte[AccountAddress.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(number, count);
        address.CopyTo(name);
        status = Put(new Digest32(TreeHash<THash>.Hash(PaymentKeys.IndexTag, number)), name);
        if (status != TransitionStatus.Applied) return status;
        BinaryPrimitives.WriteUInt64LittleEndian(number, count + 1);
        status = Put(countKey, number);
        return status != TransitionStatus.Applied ? status : SetAccount(key, new PaymentAccount(0, count, default));
    }

    private readonly TransitionStatus Count(out Digest32 key, out ulong count)
    {
        key = PaymentKeys.Accounts<THash>();
        count = 0;
        TransitionStatus status = Get(key, out ReadOnlySpan<byte> value);
        if (status != TransitionStatus.Applied || value.IsEmpty) return status;
        if (value.Length != sizeof(ulong)) return TransitionStatus.CorruptState;
        count = BinaryPrimitives.ReadUInt64LittleEndian(value);
        return TransitionStatus.Applied;
    }

    // Whether a number has an account says the count: that a place of the tree is empty is nothing that a circuit shows of
    // records, whose leaves say their numbers and not where they are.
    private readonly TransitionStatus Numbered(in AccountAddress address, out Digest32 key, out PaymentAccount account, out bool exists)
    {
        (key, account) = (default, default);
        exists = address.TryGetNumber(out uint number);
        bool isNamed = exists;
        TransitionStatus status = exists ? TransitionStatus.Applied : Find(address, out number, out exists);
        if (status != TransitionStatus.Applied || !exists) return status;
        key = AccountAddress.FromNumber(number).Digest;
        StateReadStatus read = _view.Read(key, out ReadOnlySpan<byte> value);
        if (read == StateReadStatus.Found) return PaymentAccount.TryRead(value, _layout, out account) && account.Index == number ? TransitionStatus.Applied : TransitionStatus.CorruptState;
        exists = false;
        if (read == StateReadStatus.Unknown) return TransitionStatus.MissingState;
        status = Count(out _, out ulong count);
        return status != TransitionStatus.Applied ? status : isNamed && number >= count ? TransitionStatus.Applied : TransitionStatus.CorruptState;
    }

    // The directory's entry of a key.
    private readonly TransitionStatus Find(in AccountAddress address, out uint number, out bool exists)
    {
        (number, exists) = (0, false);
        if (address.Scheme != AccountAddress.HashScheme) return TransitionStatus.Applied;
        TransitionStatus status = Get(_keys.Account(address), out ReadOnlySpan<byte> value);
        if (status != TransitionStatus.Applied || value.IsEmpty) return status;
        if (value.Length != sizeof(uint)) return TransitionStatus.CorruptState;
        number = BinaryPrimitives.ReadUInt32LittleEndian(value);
        exists = number < AccountAddress.MaxNumber;
        return exists ? TransitionStatus.Applied : TransitionStatus.CorruptState;
    }

    // An account of the next number for a key that has none, and its entry in the directory.
    private readonly TransitionStatus Create(in AccountAddress address, out Digest32 key, out PaymentAccount account)
    {
        (key, account) = (default, default);
        if (address.Scheme != AccountAddress.HashScheme) return TransitionStatus.UnknownRecipient;
        TransitionStatus status = Count(out Digest32 countKey, out ulong count);
        if (status != TransitionStatus.Applied) return status;
        if (count >= NumberedLimits.Accounts) return TransitionStatus.UnknownRecipient;
        key = AccountAddress.FromNumber((uint)count).Digest;
        account = new PaymentAccount(0, count, address.Digest);
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, count);
        status = Put(_keys.Account(address), number[..sizeof(uint)]);
        if (status != TransitionStatus.Applied) return status;
        BinaryPrimitives.WriteUInt64LittleEndian(number, count + 1);
        status = Put(countKey, number);
        return status != TransitionStatus.Applied ? status : SetAccount(key, account);
    }
}
