using System.Diagnostics;
using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>Who has how much free, at stake, and lost. Free, bonded and burned units always add up to the deposits.</summary>
internal sealed class BondLedger
{
    // Sorted, so that the digest has one order.
    private readonly SortedDictionary<Bytes32, Account> _accounts = [];

    public BondLedger(RollupGenesis genesis)
    {
        foreach (SettlementActor actor in genesis.Actors.Span)
            _accounts.Add(Key(AccountAddress.FromPublicKey(actor.PublicKey.Span)), new Account { Free = actor.Deposit, MayPostBatches = actor.MayPostBatches });
    }

    public ulong Burned { get; private set; }

    public UInt128 Total
    {
        get
        {
            UInt128 total = Burned;
            foreach (Account account in _accounts.Values) total += (UInt128)account.Free + account.Bonded;
            return total;
        }
    }

    public ActorStanding? Find(in AccountAddress actor) =>
        _accounts.TryGetValue(Key(actor), out Account? account) ? new ActorStanding(account.Free, account.Bonded, account.NextSequence, account.MayPostBatches) : null;

    public void CountCall(in AccountAddress actor) => _accounts[Key(actor)].NextSequence++;

    public bool TryBond(in AccountAddress actor, ulong amount)
    {
        Account account = _accounts[Key(actor)];
        if (account.Free < amount) return false;
        account.Free -= amount;
        account.Bonded += amount;
        return true;
    }

    public void Release(in AccountAddress actor, ulong amount)
    {
        TakeBond(actor, amount);
        _accounts[Key(actor)].Free += amount;
    }

    /// <summary>Half to the winner, rounded down; the rest is burned, so that nobody gains by playing against itself.</summary>
    public void Slash(in AccountAddress loser, in AccountAddress winner, ulong amount)
    {
        TakeBond(loser, amount);
        _accounts[Key(winner)].Free += amount / 2;
        Burned += amount - amount / 2;
    }

    public void Write(WireWriter writer)
    {
        writer.WriteUInt64(Burned);
        foreach ((Bytes32 key, Account account) in _accounts)
        {
            writer.WriteBytes32(key);
            writer.WriteUInt64(account.Free);
            writer.WriteUInt64(account.Bonded);
            writer.WriteUInt64((ulong)account.NextSequence);
        }
    }

    private void TakeBond(in AccountAddress actor, ulong amount)
    {
        Account account = _accounts[Key(actor)];
        if (account.Bonded < amount) throw new UnreachableException("A bond is larger than what its owner has at stake.");
        account.Bonded -= amount;
    }

    // Scheme 1 is the only scheme, so the digest names the account.
    private static Bytes32 Key(in AccountAddress actor) => actor.Digest.Value;

    private sealed class Account
    {
        public ulong Free;
        public ulong Bonded;
        public long NextSequence;
        public bool MayPostBatches;
    }
}
