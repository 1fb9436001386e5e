using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Backends;

/// <summary>The work of one proof: all families of operations over one field, extension and tree.</summary>
/// <remarks>
/// An implementer owes: handles stay valid until the run is disposed, unless an operation says that it takes one; disposing frees
/// all memory of the device, after a failure too, and may be done twice. Operations come one at a time, from any thread. A device
/// that fails, or a cancelled token (<see cref="OperationCanceledException"/>), ends the operation with an exception, and then only
/// disposing is owed.
/// </remarks>
internal interface IBackendRun<TField, TParameters> : IMatrixCommitter<TField, TParameters>, IConstraintEvaluator<TField, TParameters>, IFolder<TField, TParameters>, IGrinder, IDisposable
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>;
