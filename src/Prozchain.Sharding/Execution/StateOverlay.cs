using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Execution;

/// <summary>The accounts that a block has touched, over the state before it.</summary>
internal sealed class StateOverlay(IAuthenticatedStore state)
{
    private readonly Dictionary<Digest, Account> _touched = [];

    public Account Get(in Digest key)
    {
        if (_touched.TryGetValue(key, out Account account)) return account;
        return state.TryGet(key, out ReadOnlySpan<byte> value) ? Account.Read(value) : default;
    }

    public void Set(in Digest key, Account account) => _touched[key] = account;

    public StateWrite[] Writes()
    {
        var writes = new StateWrite[_touched.Count];
        int at = 0;
        foreach ((Digest key, Account account) in _touched) writes[at++] = new StateWrite(key, account.ToBytes());
        return writes;
    }
}
