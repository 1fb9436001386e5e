namespace Prozchain.Rollups.Batches;

/// <summary>
/// Nonces as what they are above the expected ones: of an account's first transaction in the batch the state's, of a later
/// one the one before plus 1. Modulo 2^64, so that any nonce can be said.
/// </summary>
internal sealed class NonceColumns(IAccountNames names)
{
    private readonly Dictionary<ulong, ulong> _last = [];
    private ulong[] _first = [], _later = [];

    public void Write(ReadOnlySpan<AccountAddress> accounts, ReadOnlySpan<ulong> handles, ReadOnlySpan<ulong> nonces, ColumnWriter columns)
    {
        Start(handles.Length);
        int first = 0, later = 0;
        for (int i = 0; i < handles.Length; i++)
        {
            ref ulong last = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_last, handles[i], out bool isLater);
            if (isLater) _later[later++] = nonces[i] - (last + 1);
            else _first[first++] = nonces[i] - names.GetNonce(accounts[i]);
            last = nonces[i];
        }
        columns.WriteNumbers(_first.AsSpan(0, first));
        columns.WriteNumbers(_later.AsSpan(0, later));
    }

    public bool TryRead(ReadOnlySpan<AccountAddress> accounts, ReadOnlySpan<ulong> handles, Span<ulong> nonces, ColumnReader columns)
    {
        Start(handles.Length);
        foreach (ulong handle in handles) _last.TryAdd(handle, 0);
        int firsts = _last.Count;
        _last.Clear();
        if (!columns.TryReadNumbers(_first.AsSpan(0, firsts)) || !columns.TryReadNumbers(_later.AsSpan(0, handles.Length - firsts))) return false;
        int first = 0, later = 0;
        for (int i = 0; i < handles.Length; i++)
        {
            ref ulong last = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_last, handles[i], out bool isLater);
            last = isLater ? last + 1 + _later[later++] : names.GetNonce(accounts[i]) + _first[first++];
            nonces[i] = last;
        }
        return true;
    }

    private void Start(int count)
    {
        _last.Clear();
        if (_first.Length < count) (_first, _later) = (new ulong[count], new ulong[count]);
    }
}
