using System.Buffers.Binary;
using Prozchain.Benchmarks.Quick;
using Prozchain.Rollups;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>A rollup with 2^16 accounts, of which 128 send, and signed transfers for it.</summary>
internal sealed class RollupLoad : IDisposable
{
    private const int Accounts = 1 << 16, Wallets = 128;

    private readonly P256Signer[] _wallets = new P256Signer[Wallets];

    public RollupLoad(int count)
    {
        byte[] seed = new byte[P256Signer.SeedSize];
        for (int i = 0; i < Wallets; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(seed, i);
            _wallets[i] = new P256Signer(seed);
        }
        AccountAddress[] addresses =
        [
            .. _wallets.Select(wallet => AccountAddress.FromPublicKey(wallet.PublicKey.Span)),
            .. Enumerable.Range(Wallets, Accounts - Wallets).Select(Address),
        ];
        Genesis = new RollupGenesis(
            1,
            addresses.Select(address => new GenesisAccount(address, 1_000_000_000)),
            [new SettlementActor(Proposer.PublicKey, 1_000_000, MayPostBatches: true)]);
        Random random = Seeded.Random(1);
        Transfers = new L2Transfer[count];
        for (int i = 0; i < count; i++)
            Transfers[i] = L2Transfer.Create(_wallets[i % Wallets], Genesis.ChainId, addresses[random.Next(Wallets, Accounts)], 1 + (ulong)i, (ulong)(i / Wallets));
    }

    public RollupGenesis Genesis { get; }

    public L2Transfer[] Transfers { get; }

    public P256Signer Proposer { get; } = new(Seeded.Bytes(P256Signer.SeedSize, 7));

    public void Dispose()
    {
        foreach (P256Signer wallet in _wallets) wallet.Dispose();
        Proposer.Dispose();
    }

    // An account that only receives needs no key.
    private static AccountAddress Address(int number)
    {
        byte[] bytes = Seeded.Bytes(AccountAddress.Size, number);
        bytes[0] = AccountAddress.P256Scheme;
        return AccountAddress.TryRead(bytes, out AccountAddress address) ? address : throw new InvalidOperationException("Expected an address, got none.");
    }
}
