using System.Buffers;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Net state diffs of version 1 (docs/formats/rollups-net-diff.md). Keeps its memory from diff to diff: what it read is
/// valid until it reads again. Not thread-safe.
/// </summary>
/// <param name="maxEntries">Most entries of each of the four lists.</param>
/// <param name="maxBytes">Most bytes of a diff.</param>
public sealed class NetDiffCodec(int maxEntries, int maxBytes)
{
    /// <summary>The value of a state write is no longer.</summary>
    public const int MaxValueSize = 1024;

    private const byte Version = 1;

    private readonly ColumnWriter _writer = new();
    private readonly ColumnReader _reader = new();
    private AccountAddress[] _accounts = [];
    private BalanceChange[] _balances = [];
    private NonceChange[] _nonces = [];
    private StateWrite[] _others = [];
    private ulong[] _first = [], _second = [];
    private UInt128[] _amounts = [];

    /// <summary>Where the bytes of the diff last written went.</summary>
    public ReadOnlySpan<ColumnSize> Sizes => _writer.Sizes;

    /// <summary>Writes a diff in its one encoding and returns its length.</summary>
    /// <exception cref="ArgumentException">Not in order, an entry that changes nothing, or more than a reader with the same limits would read.</exception>
    public int Write(in NetDiff diff, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        int most = Math.Max(Math.Max(diff.NewAccounts.Length, diff.Balances.Length), Math.Max(diff.Nonces.Length, diff.Others.Length));
        if (most > maxEntries) throw new ArgumentException($"Expected at most {maxEntries} entries, got {most}.", nameof(diff));
        if (diff.Layout > ColumnLayout.Aligned) throw new ArgumentException($"Expected a layout, got {diff.Layout}.", nameof(diff));
        if (!IsInOrder(diff)) throw new ArgumentException("Expected entries in order, each once and not empty, got others.", nameof(diff));
        Grow(most);
        _writer.Start(output, diff.Layout);
        try
        {
            _writer.WriteBytes([Version, (byte)diff.Layout]);
            foreach (int number in (ReadOnlySpan<int>)[diff.NewAccounts.Length, diff.Balances.Length, diff.Nonces.Length, diff.Others.Length]) _writer.WriteNumber((ulong)number);
            _writer.WriteNumber(diff.Batch);
            _writer.EndColumn("head");
            WriteAccounts(diff.NewAccounts.Span);
            WriteBalances(diff.Balances.Span);
            WriteNonces(diff.Nonces.Span);
            WriteOthers(diff.Others.Span);
        }
        finally
        {
            _writer.Stop();
        }
        if (_writer.Length > maxBytes) throw new ArgumentException($"Expected at most {maxBytes} bytes, got {_writer.Length}.", nameof(diff));
        return _writer.Length;
    }

    /// <summary>Reads a diff from untrusted bytes, which must not change while it is in use.</summary>
    /// <returns>What is wrong.</returns>
    public BatchFault TryRead(ReadOnlyMemory<byte> bytes, out NetDiff diff)
    {
        diff = default;
        _reader.Start(bytes);
        if (bytes.Length > maxBytes) return BatchFault.LimitExceeded;
        if (!_reader.TryReadBytes(1, out ReadOnlyMemory<byte> version)) return _reader.Fault;
        if (version.Span[0] != Version) return BatchFault.UnknownVersion;
        if (!_reader.TryReadLayout(out ColumnLayout layout)) return _reader.Fault;
        Span<int> counts = stackalloc int[4];
        foreach (ref int count in counts)
        {
            if (!_reader.TryReadNumber((ulong)maxEntries, out ulong number)) return _reader.Fault;
            count = (int)number;
        }
        if (!_reader.TryReadNumber(ulong.MaxValue, out ulong batch)) return _reader.Fault;
        Grow(Math.Max(Math.Max(counts[0], counts[1]), Math.Max(counts[2], counts[3])));
        if (!TryReadAccounts(counts[0]) || !TryReadBalances(counts[1]) || !TryReadNonces(counts[2]) || !TryReadOthers(counts[3])) return _reader.Fault;
        if (_reader.Remaining != 0) return BatchFault.TrailingBytes;
        var read = new NetDiff
        {
            Batch = batch,
            Layout = layout,
            NewAccounts = _accounts.AsMemory(0, counts[0]),
            Balances = _balances.AsMemory(0, counts[1]),
            Nonces = _nonces.AsMemory(0, counts[2]),
            Others = _others.AsMemory(0, counts[3]),
        };
        if (!IsInOrder(read)) return BatchFault.NotCanonical;
        diff = read;
        return BatchFault.None;
    }

    private void WriteAccounts(ReadOnlySpan<AccountAddress> accounts)
    {
        Span<byte> address = stackalloc byte[AccountAddress.Size];
        foreach (ref readonly AccountAddress account in accounts)
        {
            account.CopyTo(address);
            _writer.WriteBytes(address);
        }
        _writer.EndColumn("new accounts");
    }

    private bool TryReadAccounts(int count)
    {
        for (int i = 0; i < count; i++)
            if (!_reader.TryReadBytes(AccountAddress.Size, out ReadOnlyMemory<byte> bytes) || !AccountAddress.TryRead(bytes.Span, out _accounts[i]))
                return _reader.Fail(BatchFault.Malformed);
        return true;
    }

    // Gaps: of tokens to the one before; of accounts too, less 1, and from 0 where the token is another.
    private void WriteBalances(ReadOnlySpan<BalanceChange> balances)
    {
        BalanceChange previous = default;
        for (int i = 0; i < balances.Length; i++)
        {
            BalanceChange change = balances[i];
            bool isFirst = i == 0 || change.Token != previous.Token;
            (_first[i], _second[i], _amounts[i]) = (change.Token - previous.Token, isFirst ? change.Account : change.Account - previous.Account - 1, change.Amount);
            previous = change;
        }
        _writer.WriteNumbers(_first.AsSpan(0, balances.Length));
        _writer.EndColumn("token");
        _writer.WriteNumbers(_second.AsSpan(0, balances.Length));
        _writer.EndColumn("account");
        for (int i = 0; i < balances.Length; i++) _first[i] = balances[i].IsDebit ? 1UL : 0;
        _writer.WriteNumbers(_first.AsSpan(0, balances.Length));
        _writer.EndColumn("sign");
        _writer.WriteAmounts(_amounts.AsSpan(0, balances.Length));
        _writer.EndColumn("amount");
    }

    private bool TryReadBalances(int count)
    {
        if (!_reader.TryReadNumbers(_first.AsSpan(0, count)) || !_reader.TryReadNumbers(_second.AsSpan(0, count))) return false;
        BalanceChange previous = default;
        for (int i = 0; i < count; i++)
        {
            bool isFirst = i == 0 || _first[i] != 0;
            if (_first[i] > uint.MaxValue - previous.Token) return _reader.Fail(BatchFault.Malformed);
            if (!isFirst && _second[i] >= ulong.MaxValue - previous.Account) return _reader.Fail(BatchFault.Malformed);
            previous = new BalanceChange(isFirst ? _second[i] : previous.Account + _second[i] + 1, previous.Token + (uint)_first[i], 0, false);
            _balances[i] = previous;
        }
        if (!_reader.TryReadNumbers(_first.AsSpan(0, count)) || !_reader.TryReadAmounts(_amounts.AsSpan(0, count))) return false;
        for (int i = 0; i < count; i++)
        {
            if (_first[i] > 1) return _reader.Fail(BatchFault.Malformed);
            _balances[i] = _balances[i] with { IsDebit = _first[i] == 1, Amount = _amounts[i] };
        }
        return true;
    }

    private void WriteNonces(ReadOnlySpan<NonceChange> nonces)
    {
        for (int i = 0; i < nonces.Length; i++)
            (_first[i], _second[i]) = (i == 0 ? nonces[i].Account : nonces[i].Account - nonces[i - 1].Account - 1, nonces[i].Increase);
        _writer.WriteNumbers(_first.AsSpan(0, nonces.Length));
        _writer.WriteNumbers(_second.AsSpan(0, nonces.Length));
        _writer.EndColumn("nonces");
    }

    private bool TryReadNonces(int count)
    {
        if (!_reader.TryReadNumbers(_first.AsSpan(0, count)) || !_reader.TryReadNumbers(_second.AsSpan(0, count))) return false;
        for (int i = 0; i < count; i++)
        {
            if (i > 0 && _first[i] >= ulong.MaxValue - _nonces[i - 1].Account) return _reader.Fail(BatchFault.Malformed);
            _nonces[i] = new NonceChange(i == 0 ? _first[i] : _nonces[i - 1].Account + _first[i] + 1, _second[i]);
        }
        return true;
    }

    private void WriteOthers(ReadOnlySpan<StateWrite> others)
    {
        for (int i = 0; i < others.Length; i++) _first[i] = (ulong)others[i].Value.Length;
        _writer.WriteNumbers(_first.AsSpan(0, others.Length));
        foreach (ref readonly StateWrite other in others)
        {
            _writer.WriteBytes(other.Key.Span);
            _writer.WriteBytes(other.Value.Span);
        }
        _writer.EndColumn("others");
    }

    private bool TryReadOthers(int count)
    {
        if (!_reader.TryReadNumbers(_first.AsSpan(0, count))) return false;
        for (int i = 0; i < count; i++)
        {
            if (_first[i] > MaxValueSize) return _reader.Fail(BatchFault.LimitExceeded);
            if (!_reader.TryReadBytes(Digest32.Size, out ReadOnlyMemory<byte> key) || !_reader.TryReadBytes((int)_first[i], out ReadOnlyMemory<byte> value)) return false;
            _others[i] = new StateWrite(new Digest32(key.Span), value);
        }
        return true;
    }

    private static bool IsInOrder(in NetDiff diff)
    {
        ReadOnlySpan<BalanceChange> balances = diff.Balances.Span;
        for (int i = 0; i < balances.Length; i++)
        {
            if (balances[i].Amount == 0) return false;
            if (i > 0 && (balances[i].Token, balances[i].Account).CompareTo((balances[i - 1].Token, balances[i - 1].Account)) <= 0) return false;
        }
        ReadOnlySpan<NonceChange> nonces = diff.Nonces.Span;
        for (int i = 0; i < nonces.Length; i++)
            if (nonces[i].Increase == 0 || (i > 0 && nonces[i].Account <= nonces[i - 1].Account)) return false;
        ReadOnlySpan<StateWrite> others = diff.Others.Span;
        for (int i = 0; i < others.Length; i++)
            if (others[i].Value.Length > MaxValueSize || (i > 0 && others[i].Key <= others[i - 1].Key)) return false;
        return true;
    }

    private void Grow(int count)
    {
        if (_first.Length >= count) return;
        (_first, _second, _amounts) = (new ulong[count], new ulong[count], new UInt128[count]);
        (_accounts, _balances, _nonces, _others) = (new AccountAddress[count], new BalanceChange[count], new NonceChange[count], new StateWrite[count]);
    }
}
