using System.Buffers.Binary;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Laws;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Payments;

/// <summary>A payments rollup of some profile on all hosts, and people on it.</summary>
internal sealed class PaymentWorld
{
    public const ulong ChainId = 9;

    public static readonly L1Address Outside = new([.. Enumerable.Range(1, 20).Select(i => (byte)i)]);

    private readonly Dictionary<int, HashSigner> _people = [];
    private readonly Func<byte, byte[], Digest32> _hash;

    public PaymentWorld(AccountProfile profile = AccountProfile.ByAddress, BatchCaps? caps = null)
    {
        Profile = profile;
        Collector = Someone(500);
        Rules = new PaymentRules(ChainId, IsNumbered ? AccountAddress.FromNumber(0) : Collector.Address)
        {
            Caps = caps ?? BatchCaps.None, Layout = IsNumbered ? AccountLayout.Numbered : AccountLayout.ByAddress,
        };
        (Hosts, _hash) = profile == AccountProfile.NumberedSha256 ? Start<Sha256Tree>() : Start<KeccakTree>();
        Hosts.Begin(Hosts.Context);
    }

    public AccountProfile Profile { get; }

    public bool IsNumbered => Profile != AccountProfile.ByAddress;

    public HashSigner Collector { get; }

    public PaymentRules Rules { get; }

    public Hosts<Payment> Hosts { get; }

    /// <summary>The native state, of a tree of Keccak-256.</summary>
    public StateStore<KeccakTree> State => ((Hosts<Payment, KeccakTree>)Hosts).State;

    /// <summary>Somebody of a rollup by address.</summary>
    public static HashSigner Person(int number) => new(number);

    /// <summary>Somebody with a key of the profile, the same one for the same number.</summary>
    public HashSigner Someone(int number) => _people.TryGetValue(number, out HashSigner? person) ? person : _people[number] = new HashSigner(number, IsNumbered);

    /// <summary>The same rules and people over another state.</summary>
    public Payments<THash> Transition<THash>(PaymentRules? rules = null) where THash : IStateHash => new(rules ?? Rules, new HashVerifier(), keyMemo: 16);

    public TransitionStatus Deposit(AccountAddress recipient, UInt128 amount, uint token = 0) =>
        Hosts.Inbound(new InboundMessage { Token = token, Amount = amount, Recipient = recipient, Sender = Outside }).Status;

    public void Deposit(HashSigner person, UInt128 amount, uint token = 0) => Assert.Equal(TransitionStatus.Applied, Deposit(person.Address, amount, token));

    /// <summary>Fills in sender, nonce and chain, and signs.</summary>
    public Payment Sign(HashSigner sender, Payment payment, HashSigner? sponsor = null, HashSigner? key = null)
    {
        payment = payment with { Sender = AliasOf(sender), Nonce = payment.Nonce + Account(sender).Nonce, Sponsor = sponsor is null ? default : AliasOf(sponsor) };
        payment = PaymentMessage.Sign(payment, key ?? sender, ChainId);
        return sponsor is null ? payment : PaymentMessage.Sponsor(payment, sponsor, ChainId);
    }

    public TransitionStatus Do(HashSigner sender, Payment payment, HashSigner? sponsor = null, HashSigner? key = null) =>
        Hosts.Apply(Sign(sender, payment, sponsor, key)).Status;

    /// <summary>The key by which somebody's account was made, or its alias once it is there.</summary>
    public AccountAddress NameOf(HashSigner person) => NumberOf(person) is { } number ? AccountAddress.FromNumber(number) : person.Address;

    /// <summary>The number in the directory; null if there is none.</summary>
    public uint? NumberOf(HashSigner person) =>
        IsNumbered && Read(PlaceOf(PaymentKeys.AccountTag, person.Address)) is { Length: > 0 } value ? BinaryPrimitives.ReadUInt32LittleEndian(value) : null;

    public PaymentAccount Account(HashSigner person) =>
        PaymentAccount.TryRead(Read(IsNumbered ? AliasOf(person).Digest : PlaceOf(PaymentKeys.AccountTag, person.Address)), Rules.Layout, out PaymentAccount account) ? account : default;

    public UInt128 Balance(HashSigner person, uint token = 0) =>
        IsNumbered && token == 0 ? Account(person).Balance : Amount(BalanceKey(AliasOf(person), token));

    public UInt128 Supply(uint token) => Amount(Key(PaymentKeys.SupplyTag, BitConverter.GetBytes(token)));

    public Digest32 BalanceKey(in AccountAddress address, uint token) => PlaceOf(PaymentKeys.BalanceTag, address, BitConverter.GetBytes(token));

    public Digest32 Key(byte tag, params byte[] input) => _hash(tag, input);

    public byte[] Read(in Digest32 key) => Hosts.View.Read(key, out ReadOnlySpan<byte> value) == StateReadStatus.Found ? value.ToArray() : [];

    private AccountAddress AliasOf(HashSigner person) => !IsNumbered ? person.Address : AccountAddress.FromNumber(NumberOf(person) ?? 1_000_000);

    private Digest32 PlaceOf(byte tag, in AccountAddress address, params byte[] rest)
    {
        var input = new byte[AccountAddress.Size + rest.Length];
        address.CopyTo(input);
        rest.CopyTo(input, AccountAddress.Size);
        return Key(tag, input);
    }

    private UInt128 Amount(Digest32 key) => Read(key) is { Length: > 0 } value ? BinaryPrimitives.ReadUInt128LittleEndian(value) : 0;

    private (Hosts<Payment> Hosts, Func<byte, byte[], Digest32> Hash) Start<THash>() where THash : IStateHash
    {
        var hosts = new Hosts<Payment, THash>(Transition<THash>(), new BatchContext(ChainId, 3, 1_000, 50));
        if (IsNumbered) NumberedGenesis.Write<THash>(hosts.State, Collector.PublicKey.Span);
        return (hosts, (tag, input) => new Digest32(TreeHash<THash>.Hash(tag, input)));
    }
}
