using System.Runtime.InteropServices;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Nonces as what they are above the expected ones: of an account's first transaction in the batch the state's, of a later
/// one the one before plus 1. Modulo 2^64, so that any nonce can be said.
/// </summary>
internal sealed class NonceColumns(IAccountNames names)
{
    private readonly Dictionary<ulong, ulong> _last = [];
    private ulong[] _first = [], _later = [], _expected = [];
    private AccountAddress[] _firsts = [];

    public void Write(ReadOnlySpan<AccountAddress> accounts, ReadOnlySpan<ulong> handles, ReadOnlySpan<ulong> nonces, ColumnWriter columns)
    {
        Start(handles.Length);
        int first = 0, later = 0;
        for (int i = 0; i < handles.Length; i++)
        {
            ref ulong last = ref CollectionsMarshal.GetValueRefOrAddDefault(_last, handles[i], out bool isLater);
            if (isLater) _later[later++] = nonces[i] - (last + 1);
            else (_firsts[first], _first[first++]) = (accounts[i], nonces[i]);
            last = nonces[i];
        }
        names.GetNonces(_firsts.AsSpan(0, first), _expected);
        for (int i = 0; i < first; i++) _first[i] -= _expected[i];
        columns.WriteNumbers(_first.AsSpan(0, first));
        columns.WriteNumbers(_later.AsSpan(0, later));
    }

    public bool TryRead(ReadOnlySpan<AccountAddress> accounts, ReadOnlySpan<ulong> handles, Span<ulong> nonces, ColumnReader columns)
    {
        Start(handles.Length);
        for (int i = 0; i < handles.Length; i++)
            if (_last.TryAdd(handles[i], 0)) _firsts[_last.Count - 1] = accounts[i];
        int firsts = _last.Count;
        _last.Clear();
        names.GetNonces(_firsts.AsSpan(0, firsts), _expected);
        if (!columns.TryReadNumbers(_first.AsSpan(0, firsts)) || !columns.TryReadNumbers(_later.AsSpan(0, handles.Length - firsts))) return false;
        int first = 0, later = 0;
        for (int i = 0; i < handles.Length; i++)
        {
            ref ulong last = ref CollectionsMarshal.GetValueRefOrAddDefault(_last, handles[i], out bool isLater);
            last = isLater ? last + 1 + _later[later++] : _expected[first] + _first[first++];
            nonces[i] = last;
        }
        return true;
    }

    private void Start(int count)
    {
        _last.Clear();
        if (_first.Length < count) (_first, _later, _expected, _firsts) = (new ulong[count], new ulong[count], new ulong[count], new AccountAddress[count]);
    }
}
