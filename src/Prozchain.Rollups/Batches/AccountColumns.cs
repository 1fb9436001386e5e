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
    private ulong[] _codes = [], _known = [], _again = [];

    public void Reset()
    {
        _new.Clear();
        _places.Clear();
    }

    public void Write(ReadOnlySpan<AccountAddress> column, Span<ulong> handles, ColumnWriter columns)
    {
        Grow(column.Length);
        int known = 0, again = 0, first = _new.Count;
        for (int i = 0; i < column.Length; i++)
        {
            ref readonly AccountAddress account = ref column[i];
            if (account == default)
            {
                (_codes[i], handles[i]) = (None, NoHandle);
            }
            else if (names.TryGetIndex(account, out ulong index))
            {
                _codes[i] = Known;
                _known[known++] = index;
                handles[i] = index << 1;
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
        int knownAt = 0, againAt = 0;
        for (int i = 0; i < column.Length; i++)
        {
            ref AccountAddress account = ref column[i];
            switch (codes[i])
            {
                case Known:
                    ulong index = known[knownAt++];
                    if (index >> 63 != 0 || !names.TryGetAddress(index, out account)) return columns.Fail(BatchFault.UnknownAccount);
                    handles[i] = index << 1;
                    break;
                case New:
                    if (!AccountAddress.TryRead(addresses.Span[..AccountAddress.Size], out account)) return columns.Fail(BatchFault.Malformed);
                    addresses = addresses[AccountAddress.Size..];
                    // It would have had to go by its number, or by its place.
                    if (names.TryGetIndex(account, out _) || !_places.TryAdd(account, _new.Count)) return columns.Fail(BatchFault.NotCanonical);
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
        return true;
    }

    private void Grow(int count)
    {
        if (_codes.Length < count) (_codes, _known, _again) = (new ulong[count], new ulong[count], new ulong[count]);
    }
}
