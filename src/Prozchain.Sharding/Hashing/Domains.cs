namespace Prozchain.Sharding.Hashing;

/// <summary>Every domain in which this package hashes. A context string is never used for two purposes.</summary>
internal static class Domains
{
    public static readonly DomainHash Address = DomainHash.Deriving("prozchain sharding v0 address");
    public static readonly DomainHash BeaconBlock = DomainHash.Deriving("prozchain sharding v0 beacon block");
    public static readonly DomainHash BeaconBody = DomainHash.Deriving("prozchain sharding v0 beacon body");
    public static readonly DomainHash ValidatorSet = DomainHash.Deriving("prozchain sharding v0 validator set");
    public static readonly DomainHash Possession = DomainHash.Deriving("prozchain sharding v0 proof of possession");
    public static readonly DomainHash ExitOrder = DomainHash.Deriving("prozchain sharding v0 exit order");
    public static readonly DomainHash Reveal = DomainHash.Deriving("prozchain sharding v0 reveal");
    public static readonly DomainHash RevealOutput = DomainHash.Deriving("prozchain sharding v0 reveal output");
    public static readonly DomainHash Revealers = DomainHash.Deriving("prozchain sharding v0 revealers");
    public static readonly DomainHash RandomnessMix = DomainHash.Deriving("prozchain sharding v0 randomness mix");
    public static readonly DomainHash Commitment = DomainHash.Deriving("prozchain sharding v0 reveal commitment");
    public static readonly DomainHash Redraw = DomainHash.Deriving("prozchain sharding v0 committee redraw");
    public static readonly DomainHash Statement = DomainHash.Deriving("prozchain sharding v0 statement");
    public static readonly DomainHash Topology = DomainHash.Deriving("prozchain sharding v0 topology proposal");
    public static readonly DomainHash Merge = DomainHash.Deriving("prozchain sharding v0 merged shard");
    public static readonly DomainHash Committee = DomainHash.Deriving("prozchain sharding v0 committee");
    public static readonly DomainHash CommitteeDraw = DomainHash.Deriving("prozchain sharding v0 committee draw");
    public static readonly DomainHash CommitteeAssignment = DomainHash.Deriving("prozchain sharding v0 committee assignment");
    public static readonly DomainHash CommitteeSeed = DomainHash.Deriving("prozchain sharding v0 committee seed");
    public static readonly DomainHash Layout = DomainHash.Deriving("prozchain sharding v0 layout");
    public static readonly DomainHash LoadHistory = DomainHash.Deriving("prozchain sharding v0 load history");
    public static readonly DomainHash Randomness = DomainHash.Deriving("prozchain sharding v0 randomness");
    public static readonly DomainHash Channels = DomainHash.Deriving("prozchain sharding v0 channels");
    public static readonly DomainHash Atomic = DomainHash.Deriving("prozchain sharding v0 atomic transaction");
    public static readonly DomainHash AtomicOutcome = DomainHash.Deriving("prozchain sharding v0 atomic outcome");
    public static readonly DomainHash AtomicDecision = DomainHash.Deriving("prozchain sharding v0 atomic decision");
    public static readonly DomainHash LockRequest = DomainHash.Deriving("prozchain sharding v0 lock request");
    public static readonly DomainHash AtomicState = DomainHash.Deriving("prozchain sharding v0 atomic state");
    public static readonly DomainHash BeaconRun = DomainHash.Deriving("prozchain sharding v0 beacon run");
    public static readonly DomainHash BeaconState = DomainHash.Deriving("prozchain sharding v0 beacon state");
    public static readonly DomainHash Genesis = DomainHash.Deriving("prozchain sharding v0 genesis");

    public static readonly DomainHash MicroHeader = DomainHash.Deriving("prozchain sharding v0 micro header");
    public static readonly DomainHash MicroBody = DomainHash.Deriving("prozchain sharding v0 micro body");
    public static readonly DomainHash OrderingInstance = DomainHash.Deriving("prozchain sharding v0 ordering instance");
    public static readonly DomainHash OrderingSeed = DomainHash.Deriving("prozchain sharding v0 ordering seed");
    public static readonly DomainHash OrderingVote = DomainHash.Deriving("prozchain sharding v0 ordering vote");

    public static readonly DomainHash ReceiptLeaf = DomainHash.Deriving("prozchain sharding v0 receipt leaf");
    public static readonly DomainHash PooledTransaction = DomainHash.Deriving("prozchain sharding v0 pooled transaction");
    public static readonly DomainHash MachineWrites = DomainHash.Deriving("prozchain sharding v0 machine writes");
    public static readonly DomainHash MachineState = DomainHash.Deriving("prozchain sharding v0 machine state");

    public static readonly DomainHash EngineGenesis = DomainHash.Deriving("prozchain sharding v0 engine genesis");
    public static readonly DomainHash RoundSeals = DomainHash.Deriving("prozchain sharding v0 round seals");

    public static readonly DomainHash TreeLeaf = DomainHash.Deriving("prozchain sharding v0 tree leaf");
    public static readonly DomainHash TreeInner = DomainHash.Keyed("prozchain sharding v0 tree inner");
    public static readonly DomainHash TreeEmpty = DomainHash.Deriving("prozchain sharding v0 tree empty");

    public static readonly DomainHash StateValue = DomainHash.Keyed("prozchain sharding v0 state value");
    public static readonly DomainHash StateLeaf = DomainHash.Keyed("prozchain sharding v0 state leaf");
    public static readonly DomainHash StateInner = DomainHash.Keyed("prozchain sharding v0 state inner");

    public static readonly DomainHash SignedTransfer = DomainHash.Deriving("prozchain sharding v0 transfer version 1");
    public static readonly DomainHash MicroBlockBody = DomainHash.Deriving("prozchain sharding v0 micro-block body");
    public static readonly DomainHash WriteDigest = DomainHash.Deriving("prozchain sharding v0 write digest");
    public static readonly DomainHash Attestation = DomainHash.Deriving("prozchain sharding v0 attestation");
    public static readonly DomainHash BundleTrace = DomainHash.Deriving("prozchain sharding v0 bundle trace");
    public static readonly DomainHash SimulatedSignature = DomainHash.Deriving("prozchain sharding v0 simulated signature");
}
