namespace Prozchain.Zk.Lanes;

/// <summary>As <see cref="IPackedKernel{TField}"/>, for work on lanes of 32 bits below the operators of a field.</summary>
internal interface ILanesKernel
{
    void Run<TLanes>() where TLanes : struct, ILanes<TLanes>;
}
