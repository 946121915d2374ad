using Grpc.Core;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Service;

/// <summary>Users and their passwords. Roles are the two that every server has, without members.</summary>
internal sealed partial class MilvusEndpoint
{
    private static readonly string[] Roles = ["admin", "public"];

    public override Task<Status> CreateCredential(CreateCredentialRequest request, ServerCallContext context) =>
        Change(context, world => world.Users.Create(request.Username, request.Password));

    public override Task<Status> UpdateCredential(UpdateCredentialRequest request, ServerCallContext context) =>
        Change(context, world => world.Users.Update(request.Username, request.OldPassword, request.NewPassword));

    public override Task<Status> DeleteCredential(DeleteCredentialRequest request, ServerCallContext context) =>
        Change(context, world => world.Users.Delete(request.Username));

    public override Task<ListCredUsersResponse> ListCredUsers(ListCredUsersRequest request, ServerCallContext context) =>
        Read(world => new ListCredUsersResponse { Status = Success(), Usernames = { world.Users.Names } });

    /// <summary>Nobody of that name is no error.</summary>
    public override Task<SelectUserResponse> SelectUser(SelectUserRequest request, ServerCallContext context) => Read(world =>
    {
        var names = world.Users.Names.Where(name => request.User is null || request.User.Name == name);
        return new SelectUserResponse { Status = Success(), Results = { names.Select(name => new UserResult { User = new() { Name = name } }) } };
    });

    public override Task<SelectRoleResponse> SelectRole(SelectRoleRequest request, ServerCallContext context)
    {
        var names = Roles.Where(name => request.Role is null || request.Role.Name == name);
        return Task.FromResult(new SelectRoleResponse { Status = Success(), Results = { names.Select(name => new RoleResult { Role = new() { Name = name } }) } });
    }
}
