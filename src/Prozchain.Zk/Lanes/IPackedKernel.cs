namespace Prozchain.Zk.Lanes;

/// <summary>A piece of work that runs at whatever width its field has on this machine: its arguments are its fields.</summary>
internal interface IPackedKernel<TField> where TField : struct
{
    void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>;
}
