namespace Prozchain.AI.Registry;

/// <summary>What an operation does. The numbers are part of wire formats.</summary>
public enum RegistryOperationKind : byte
{
    /// <summary>Adds a version of a model. The first under a namespace claims the namespace.</summary>
    Publish = 1,
    /// <summary>The owner withdraws a version from look-ups by bare name, for ever.</summary>
    Retire = 2,
    /// <summary>The owner leases a version anew: tier, end and rate.</summary>
    Lease = 3,
    /// <summary>Anybody moves the end of a lease to a later slot.</summary>
    Extend = 4,
    /// <summary>The owner, or anybody once the lease has ended, moves a version to the archive.</summary>
    Archive = 5,
    /// <summary>The owner, or anybody once the archive's time has ended, gives up the bytes, for ever.</summary>
    Prune = 6,
    /// <summary>The owner sets what a request costs.</summary>
    Price = 7,
    /// <summary>The owner hands a namespace to another key.</summary>
    Transfer = 8,
}
