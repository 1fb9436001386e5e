using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Sharding;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// A micro-block of transfers of wire version 1 between accounts of one shard, and the state before it as a plain hash
/// table, which costs a lookup and nothing else. Unless signed, keys and signatures are noise.
/// </summary>
internal sealed class FlatLoad : IAuthenticatedStore
{
    public const ulong ChainId = 1;

    private readonly Dictionary<Digest, byte[]> _accounts;

    /// <param name="accounts">Number of accounts, all funded.</param>
    /// <param name="transfers">Number of transfers in the block.</param>
    /// <param name="disjoint">No account in two transfers; otherwise two random ones each.</param>
    /// <param name="signed">Real keys and signatures of scheme 2.</param>
    public FlatLoad(int accounts, int transfers, bool disjoint, bool signed = false)
    {
        var random = new Random(accounts + transfers);
        ISigner[] signers = [.. Enumerable.Range(0, accounts).Select(i => (ISigner)(signed ? new Ed25519Signer(SHA256.HashData(BitConverter.GetBytes(i))) : new Noise(i)))];
        Address[] addresses = new Address[accounts];
        _accounts = new Dictionary<Digest, byte[]>(accounts);
        for (int i = 0; i < accounts; i++)
        {
            addresses[i] = Address.FromPublicKey(signers[i].PublicKey.Span);
            byte[] value = new byte[Account.Size];
            new Account(0, 1 << 30).WriteTo(value);
            _accounts.Add(addresses[i].Digest, value);
        }
        var nonces = new ulong[accounts];
        int[] order = [.. Enumerable.Range(0, accounts)];
        if (disjoint) random.Shuffle(order);
        var builder = new MicroBlockBuilder();
        for (int i = 0; i < transfers; i++)
        {
            int from = disjoint ? order[2 * i] : random.Next(accounts), to = disjoint ? order[2 * i + 1] : (from + 1 + random.Next(accounts - 1)) % accounts;
            builder.AddTransaction(TransferView.Sign(signers[from], ChainId, addresses[to], 1, nonces[from]++, 1000));
        }
        var output = new ArrayBufferWriter<byte>();
        builder.Write(output);
        if (Body.Read(output.WrittenSpan.ToArray()) != ReadResult.Ok) throw new InvalidOperationException("Expected a body that reads.");
        ShardLayout layout = ShardLayout.Create(1);
        foreach (ISigner signer in signers) (signer as IDisposable)?.Dispose();
        Block = new BlockContext(ChainId, layout, layout.Shards[0].Id, 1, 1, 1);
    }

    public MicroBlockBody Body { get; } = new();

    public BlockContext Block { get; }

    /// <summary>The same accounts in a store with a root.</summary>
    public TrieStore Store()
    {
        var store = new TrieStore();
        store.Stage([.. _accounts.Select(account => new StateWrite(account.Key, account.Value))]);
        store.Commit();
        return store;
    }

    int IAuthenticatedStore.RootDepth => 0;

    Digest IAuthenticatedStore.Root => throw new NotSupportedException();

    public bool TryGet(in Digest key, out ReadOnlySpan<byte> value)
    {
        bool found = _accounts.TryGetValue(key, out byte[]? bytes);
        value = bytes;
        return found;
    }

    StageResult IAuthenticatedStore.TryStage(ReadOnlySpan<StateWrite> writes, out Digest root) => throw new NotSupportedException();

    void IAuthenticatedStore.WriteWitness(ReadOnlySpan<Digest> keys, ReadOnlySpan<Digest> deletes, IBufferWriter<byte> output) => throw new NotSupportedException();

    Digest IAuthenticatedStore.WriteRange(in Digest from, in Digest to, int maxBytes, IBufferWriter<byte> output) => throw new NotSupportedException();

    void IAuthenticatedStore.Commit() => throw new NotSupportedException();

    StateProof IAuthenticatedStore.Prove(in Digest key) => throw new NotSupportedException();

    internal sealed class Noise(int seed) : ISigner
    {
        public ReadOnlyMemory<byte> PublicKey { get; } = (byte[])[SignatureSchemes.Ed25519, .. SHA256.HashData(BitConverter.GetBytes(seed))];

        public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
        {
            signature[0] = SignatureSchemes.Ed25519;
            SHA512.HashData(message, signature[1..]);
        }
    }

    /// <summary>The same transfers without a declaration: what a contract's call looks like before it is run.</summary>
    internal readonly struct Undeclared : IShardTransition
    {
        public TransactionFault Declare(ReadOnlySpan<byte> transaction, in BlockContext block, ref AccessDeclaration access)
        {
            access.Undeclared();
            access.GasLimit = TransferTransition.Gas;
            return TransferView.TryRead(transaction, out _) == ReadResult.Ok ? TransactionFault.None : TransactionFault.Malformed;
        }

        public void Authorize(ReadOnlySpan<byte> transaction, in BlockContext block, ref SignatureCollector signatures) { }

        public byte Execute(ReadOnlySpan<byte> transaction, in BlockContext block, ref CellView cells, ref ReceiptSink receipts, ref GasMeter gas)
        {
            if (!gas.TryCharge(TransferTransition.Gas) || TransferView.TryRead(transaction, out TransferView transfer) != ReadResult.Ok) return 2;
            Digest from = transfer.SenderCell, to = transfer.RecipientCell;
            if (!cells.TryRead(from, out ReadOnlySpan<byte> value) || value.Length != Account.Size) return 2;
            (ulong nonce, ulong balance) = (BinaryPrimitives.ReadUInt64LittleEndian(value), BinaryPrimitives.ReadUInt64LittleEndian(value[8..]));
            if (nonce != transfer.Nonce) return 3;
            Span<byte> written = stackalloc byte[Account.Size];
            new Account(nonce + 1, balance - transfer.Amount).WriteTo(written);
            cells.Write(from, written);
            if (!cells.TryRead(to, out value) || value.Length != Account.Size) return 2;
            (nonce, balance) = (BinaryPrimitives.ReadUInt64LittleEndian(value), BinaryPrimitives.ReadUInt64LittleEndian(value[8..]));
            new Account(nonce, balance + transfer.Amount).WriteTo(written);
            cells.Write(to, written);
            return TransactionStatus.Applied;
        }

        public void Credit(in Digest cell, ReadOnlySpan<byte> receipt, in BlockContext block, ref CellView cells) { }
    }
}
