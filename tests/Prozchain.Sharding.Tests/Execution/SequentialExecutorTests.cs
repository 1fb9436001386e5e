using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Execution;

public class SequentialExecutorTests
{
    private static readonly ShardLayout s_one = ShardLayout.Create(1), s_two = ShardLayout.Create(2);

    [Fact]
    public void TryApply_WithinShard_MovesValue()
    {
        (SequentialExecutor executor, TrieStore store) = Make(s_one, (0, new Account(3, 100)));
        Assert.Equal((TransferRejection.None, TransferStatus.Applied), Apply(executor, TestNetwork.Pay(0, 1, 30, 3)));
        Commit(executor, store);
        Assert.Equal(new Account(4, 70), Get(store, 0));
        Assert.Equal(new Account(0, 30), Get(store, 1));
    }

    [Fact]
    public void TryApply_ToSelf_ChangesOnlyTheNonce()
    {
        (SequentialExecutor executor, TrieStore store) = Make(s_one, (0, new Account(0, 100)));
        Assert.Equal((TransferRejection.None, TransferStatus.Applied), Apply(executor, TestNetwork.Pay(0, 0, 100, 0)));
        Assert.Equal((TransferRejection.None, TransferStatus.InsufficientBalance), Apply(executor, TestNetwork.Pay(0, 0, 101, 1)));
        Commit(executor, store);
        Assert.Equal(new Account(2, 100), Get(store, 0));
    }

    [Fact]
    public void TryApply_TooLittle_FailsAndUsesTheNonce()
    {
        (SequentialExecutor executor, TrieStore store) = Make(s_one, (0, new Account(0, 100)));
        Assert.Equal((TransferRejection.None, TransferStatus.InsufficientBalance), Apply(executor, TestNetwork.Pay(0, 1, 101, 0)));
        Assert.Equal((TransferRejection.None, TransferStatus.Applied), Apply(executor, TestNetwork.Pay(0, 1, 100, 1)));
        Commit(executor, store);
        Assert.Equal(new Account(2, 0), Get(store, 0));
        Assert.Equal(new Account(0, 100), Get(store, 1));
    }

    [Fact]
    public void TryApply_RecipientOverflow_FailsAndMovesNothing()
    {
        (SequentialExecutor executor, TrieStore store) = Make(s_one, (0, new Account(0, 10)), (1, new Account(0, ulong.MaxValue - 4)));
        Assert.Equal((TransferRejection.None, TransferStatus.RecipientOverflow), Apply(executor, TestNetwork.Pay(0, 1, 5, 0)));
        Assert.Equal((TransferRejection.None, TransferStatus.Applied), Apply(executor, TestNetwork.Pay(0, 1, 4, 1)));
        Commit(executor, store);
        Assert.Equal(new Account(2, 6), Get(store, 0));
        Assert.Equal(ulong.MaxValue, Get(store, 1).Balance);
    }

    [Fact]
    public void TryApply_Rejected_ChangesNothing()
    {
        int there = TestNetwork.WalletOn(s_two, 1);
        (SequentialExecutor executor, TrieStore store) = Make(s_two, (TestNetwork.WalletOn(s_two, 0), new Account(5, 100)));
        int here = TestNetwork.WalletOn(s_two, 0);
        Transfer otherChain = Transfer.Sign(TestNetwork.Wallet(here), 8, TestNetwork.AddressOf(there), 1, 5);
        Assert.Equal(TransferRejection.WrongChain, Apply(executor, otherChain).Rejection);
        Assert.Equal(TransferRejection.WrongShard, Apply(executor, TestNetwork.Pay(there, here, 1, 0)).Rejection);
        Assert.Equal(TransferRejection.WrongNonce, Apply(executor, TestNetwork.Pay(here, there, 1, 4)).Rejection);
        Assert.Equal(TransferRejection.WrongNonce, Apply(executor, TestNetwork.Pay(here, there, 1, 6)).Rejection);
        Assert.Empty(executor.Writes());
        Assert.Empty(executor.Outgoing);
        Assert.Equal(1, store.Count);
    }

    [Fact]
    public void TryApply_LastNonce_IsNeverUsed()
    {
        (SequentialExecutor executor, _) = Make(s_one, (0, new Account(ulong.MaxValue, 1)));
        Assert.Equal(TransferRejection.WrongNonce, Apply(executor, TestNetwork.Pay(0, 1, 1, ulong.MaxValue)).Rejection);
    }

    [Fact]
    public void TryApply_AcrossShards_LeavesAReceipt()
    {
        int here = TestNetwork.WalletOn(s_two, 0), there = TestNetwork.WalletOn(s_two, 1);
        (SequentialExecutor executor, TrieStore store) = Make(s_two, (here, new Account(0, 100)));
        Transfer transfer = TestNetwork.Pay(here, there, 40, 0);
        Assert.Equal((TransferRejection.None, TransferStatus.Applied), Apply(executor, transfer));
        (ShardId destination, List<Receipt> receipts) = Assert.Single(executor.Outgoing);
        Assert.Equal(s_two.Shards[1].Id, destination);
        Assert.Equal([new Receipt(transfer.Id, TestNetwork.AddressOf(there), 40)], receipts);
        Commit(executor, store);
        Assert.Equal(new Account(1, 60), Get(store, here));
    }

    [Fact]
    public void TryCredit_Overflow_UndoesTheWholeBundle()
    {
        (SequentialExecutor executor, TrieStore store) = Make(s_one, (0, new Account(1, 7)), (1, new Account(0, ulong.MaxValue - 10)));
        Receipt[] receipts = [Credit(0, 5), Credit(1, 6), Credit(0, 1), Credit(1, 6)];
        Assert.False(executor.TryCredit(receipts));
        Commit(executor, store);
        Assert.Equal(new Account(1, 7), Get(store, 0));
        Assert.Equal(ulong.MaxValue - 10, Get(store, 1).Balance);
        Assert.True(executor.TryCredit(receipts[..3]));
        Commit(executor, store);
        Assert.Equal(new Account(1, 13), Get(store, 0));
    }

    private static Receipt Credit(int wallet, ulong amount) => new(TestNetwork.Key(wallet), TestNetwork.AddressOf(wallet), amount);

    private static (SequentialExecutor Executor, TrieStore Store) Make(ShardLayout layout, params (int Wallet, Account Account)[] accounts)
    {
        ShardInfo shard = layout.Shards[0];
        var store = new TrieStore(shard.Prefix, shard.Depth);
        store.Stage([.. accounts.Select(entry => new StateWrite(TestNetwork.AddressOf(entry.Wallet).Digest, entry.Account.ToBytes()))]);
        store.Commit();
        return (new SequentialExecutor(TestNetwork.ChainId, layout, shard.Id, store), store);
    }

    private static (TransferRejection Rejection, TransferStatus Status) Apply(SequentialExecutor executor, Transfer transfer)
    {
        TransferRejection rejection = executor.TryApply(transfer, out TransferStatus status);
        return (rejection, status);
    }

    private static void Commit(SequentialExecutor executor, TrieStore store)
    {
        store.Stage(executor.Writes());
        store.Commit();
    }

    private static Account Get(TrieStore store, int wallet) =>
        store.TryGet(TestNetwork.AddressOf(wallet).Digest, out ReadOnlySpan<byte> value) ? Account.Read(value) : default;
}
