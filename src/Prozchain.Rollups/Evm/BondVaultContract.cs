namespace Prozchain.Rollups.Evm;

/// <summary>Calls and events of contracts/src/BondVault.sol.</summary>
internal static class BondVaultContract
{
    public static readonly AbiFunction
        Credit = new("credit(address)"),
        Withdraw = new("withdraw()"),
        Entries = new("entries(address)", "(uint128,uint64)"),
        IsSource = new("isSource(address)", "(bool)"),
        Guardian = new("guardian()", "(address)"),
        Delay = new("delay()", "(uint64)");

    public static readonly AbiEvent
        Credited = new("Credited(address indexed,address indexed,uint128)"),
        Withdrawn = new("Withdrawn(address indexed,uint128)");

    public static readonly AbiFunction[] Errors =
    [
        new("NotSource(address)"), new("Waiting(uint64)"), new("Paused()"), new("Nothing()"), new("TransferFailed()"),
    ];
}
