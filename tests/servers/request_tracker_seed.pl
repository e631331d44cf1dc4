# Fills a fresh Request Tracker from a description on standard input (JSON) and prints what it made (JSON).
# In:  {"queues": [name, …], "disabled": [name, …], "users": [{"name", "email", "password", "lang", "timezone",
#       "privileged", "rights": {queue or "": [right, …]}, "token": 0 or 1}, …], "groups": {name: {queue: [right, …]}},
#       "fields": {name: [queue, …]}}: free text fields of any number of values
# Out: {"queues": {name: id}, "tokens": {user: token}}
use strict;
use warnings;
use lib qw(/usr/local/share/request-tracker5/lib /usr/share/request-tracker5/lib);
use JSON ();
use RT;

RT->LoadConfig();
RT->Init();
local $/;
my $wanted = JSON::decode_json(<STDIN>);
my %made = (queues => {}, tokens => {});

sub must { my ($ok, $text) = @_; die "$text\n" unless $ok; return $ok }

sub grant {
    my ($principal, $rights) = @_;
    for my $where (keys %$rights) {
        my $object = RT->System;
        if (length $where) {
            $object = RT::Queue->new(RT->SystemUser);
            must($object->Load($where), "no queue $where");
        }
        must($principal->GrantRight(Right => $_, Object => $object)) for @{ $rights->{$where} };
    }
}

for my $name (@{ $wanted->{queues} }) {
    my $queue = RT::Queue->new(RT->SystemUser);
    must($queue->Create(Name => $name, CorrespondAddress => 'rt@example.com', CommentAddress => 'rt-comment@example.com'));
    $made{queues}{$name} = $queue->Id;
}
for my $name (keys %{ $wanted->{fields} }) {
    my $field = RT::CustomField->new(RT->SystemUser);
    must($field->Create(Name => $name, Type => 'FreeformMultiple', LookupType => 'RT::Queue-RT::Ticket'));
    for my $where (@{ $wanted->{fields}{$name} }) {
        my $queue = RT::Queue->new(RT->SystemUser);
        $queue->Load($where);
        must($field->AddToObject($queue));
    }
}
for my $name (keys %{ $wanted->{groups} }) {
    my $group = RT::Group->new(RT->SystemUser);
    must($group->LoadSystemInternalGroup($name), "no group $name");
    grant($group->PrincipalObj, $wanted->{groups}{$name});
}
for my $person (@{ $wanted->{users} }) {
    my $user = RT::User->new(RT->SystemUser);
    must($user->Create(
        Name => $person->{name}, EmailAddress => $person->{email}, RealName => $person->{real_name} || '',
        Password => $person->{password}, Lang => $person->{lang} || '', Timezone => $person->{timezone} || '',
        Privileged => $person->{privileged} ? 1 : 0,
    ));
    grant($user->PrincipalObj, $person->{rights} || {});
    next unless $person->{token};
    my $token = RT::AuthToken->new(RT->SystemUser);
    my ($ok, $text, $secret) = $token->Create(Owner => $user->Id, Description => 'test');
    must($ok, $text);
    $made{tokens}{ $person->{name} } = $secret;
}
my $root = RT::User->new(RT->SystemUser);
$root->Load('root');
my ($ok, $text, $secret) = RT::AuthToken->new(RT->SystemUser)->Create(Owner => $root->Id, Description => 'test');
must($ok, $text);
$made{tokens}{root} = $secret;
print JSON::encode_json(\%made);
