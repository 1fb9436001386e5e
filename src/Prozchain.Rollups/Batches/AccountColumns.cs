using System.Runtime.InteropServices;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Columns of accounts: those with a number by it, new ones by their address where they first occur and by their place
/// among the new ones of the batch after that. The handles tell the accounts of one batch apart.
/// </summary>
internal sealed class AccountColumns(IAccountNames names)
{
    /// <summary>The handle of no account.</summary>
    public const ulong NoHandle = ulong.MaxValue;

    private const ulong Known = 0, New = 1, Again = 2, None = 3;

    private readonly List<AccountAddress> _new = [];
    private readonly Dictionary<AccountAddress, int> _places = [];
    private ulong[] _codes = [], _known = [], _again = [], _found = [];
    private AccountAddress[] _named = [];

    public void Reset()
    {
        _new.Clear();
        _places.Clear();
    }

    public void Write(ReadOnlySpan<AccountAddress> column, Span<ulong> handles, ColumnWriter columns)
    {
        Grow(column.Length);
        names.FindIndices(column, _found);
        int known = 0, again = 0, first = _new.Count;
        for (int i = 0; i < column.Length; i++)
        {
            ref readonly AccountAddress account = ref column[i];
            if (account == default)
            {
                (_codes[i], handles[i]) = (None, NoHandle);
            }
            else if (_found[i] != IAccountNames.NoIndex)
            {
                _codes[i] = Known;
                _known[known++] = _found[i];
                handles[i] = _found[i] << 1;
            }
            else if (_places.TryGetValue(account, out int place))
            {
                _codes[i] = Again;
                _again[again++] = (ulong)place;
                handles[i] = ((ulong)place << 1) | 1;
            }
            else
            {
                (_codes[i], handles[i]) = (New, ((ulong)_new.Count << 1) | 1);
                _places.Add(account, _new.Count);
                _new.Add(account);
            }
        }
        columns.WriteNumbers(_codes.AsSpan(0, column.Length));
        columns.WriteNumbers(_known.AsSpan(0, known));
        columns.WriteNumbers(_again.AsSpan(0, again));
        Span<byte> address = stackalloc byte[AccountAddress.Size];
        foreach (ref readonly AccountAddress account in CollectionsMarshal.AsSpan(_new)[first..])
        {
            account.CopyTo(address);
            columns.WriteBytes(address);
        }
    }

    public bool TryRead(Span<AccountAddress> column, Span<ulong> handles, ColumnReader columns)
    {
        Grow(column.Length);
        Span<ulong> codes = _codes.AsSpan(0, column.Length);
        if (!columns.TryReadNumbers(codes)) return false;
        if (codes.ContainsAnyExceptInRange(Known, None)) return columns.Fail(BatchFault.Malformed);
        int fresh = codes.Count(New);
        Span<ulong> known = _known.AsSpan(0, codes.Count(Known)), again = _again.AsSpan(0, codes.Count(Again));
        if (!columns.TryReadNumbers(known) || !columns.TryReadNumbers(again) || !columns.TryReadBytes(fresh * AccountAddress.Size, out ReadOnlyMemory<byte> addresses)) return false;
        names.FindAddresses(known, _named);
        int knownAt = 0, againAt = 0, first = _new.Count;
        for (int i = 0; i < column.Length; i++)
        {
            ref AccountAddress account = ref column[i];
            switch (codes[i])
            {
                case Known:
                    account = _named[knownAt];
                    if (known[knownAt] >> 63 != 0 || account == default) return columns.Fail(BatchFault.UnknownAccount);
                    handles[i] = known[knownAt++] << 1;
                    break;
                case New:
                    if (!AccountAddress.TryRead(addresses.Span[..AccountAddress.Size], out account)) return columns.Fail(BatchFault.Malformed);
                    addresses = addresses[AccountAddress.Size..];
                    // It would have had to go by its place, or by its number, which is asked for below.
                    if (!_places.TryAdd(account, _new.Count)) return columns.Fail(BatchFault.NotCanonical);
                    handles[i] = ((ulong)_new.Count << 1) | 1;
                    _new.Add(account);
                    break;
                case Again:
                    ulong place = again[againAt++];
                    if (place >= (ulong)_new.Count) return columns.Fail(BatchFault.Malformed);
                    account = _new[(int)place];
                    handles[i] = (place << 1) | 1;
                    break;
                default:
                    (account, handles[i]) = (default, NoHandle);
                    break;
            }
        }
        Span<ulong> numbers = _found.AsSpan(0, fresh);
        names.FindIndices(CollectionsMarshal.AsSpan(_new)[first..], numbers);
        return !numbers.ContainsAnyExcept(IAccountNames.NoIndex) || columns.Fail(BatchFault.NotCanonical);
    }

    private void Grow(int count)
    {
        if (_codes.Length >= count) return;
        (_codes, _known, _again, _found) = (new ulong[count], new ulong[count], new ulong[count], new ulong[count]);
        _named = new AccountAddress[count];
    }
}
